"""Forges: plans are reviewed there, and results are reported there. FORGES lists all of them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from reconciler.forge import gitea, github, gitlab
from reconciler.forge.approval_check import approvals_verdict as approvals_verdict
from reconciler.forge.approvals import owner_approvals as owner_approvals
from reconciler.forge.approved_plan import approved as approved
from reconciler.forge.approved_plan import plan_approval as plan_approval
from reconciler.forge.approvers import of_plan as of_plan
from reconciler.forge.approvers import people_to_ask as people_to_ask
from reconciler.forge.checks import annotation as annotation
from reconciler.forge.checks import verdict as verdict
from reconciler.forge.comments import UpsertResult as UpsertResult
from reconciler.forge.comments import upsert_comment as upsert_comment
from reconciler.forge.endpoint import LIMITS, Api, endpoint
from reconciler.forge.endpoint import retry_policy as retry_policy
from reconciler.forge.issues import upsert_issue as upsert_issue
from reconciler.forge.proposals import close_proposal as close_proposal
from reconciler.forge.proposals import upsert_proposal as upsert_proposal
from reconciler.http.client import HttpClient
from reconciler.http.connection import Transport, open_client
from reconciler.http.limits import RunLimits
from reconciler.http.retry import RetryPolicy as RetryPolicy
from reconciler.model.forge import Forge, ForgeSettings

FORGES: Final[Mapping[str, tuple[Api, Callable[[HttpClient, ForgeSettings], Forge]]]] = {
    "github": (github.API, github.GitHub),
    "gitlab": (gitlab.API, gitlab.GitLab),
    "gitea": (gitea.API, gitea.Gitea),
}


@asynccontextmanager
async def connect(
    settings: ForgeSettings,
    retries: RetryPolicy,
    transport: Transport | None = None,
    limits: RunLimits = LIMITS,
) -> AsyncIterator[Forge]:
    """Open a forge without sending a request yet; tests give the transport.

    Raises InputError for settings that cannot be used.
    """
    api, forge = FORGES[settings.kind]
    async with open_client(endpoint(settings, api), retries, transport, limits) as client:
        yield forge(client, settings)
