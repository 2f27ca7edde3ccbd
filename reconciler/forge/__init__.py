"""Forges: where a plan is reviewed, told and asked over their APIs. FORGES is the whole list."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from reconciler.forge import github, gitlab
from reconciler.forge.approval import approved as approved
from reconciler.forge.checks import annotation as annotation
from reconciler.forge.checks import verdict as verdict
from reconciler.forge.comments import UpsertResult as UpsertResult
from reconciler.forge.comments import upsert_comment as upsert_comment
from reconciler.forge.connection import Transport, open_client
from reconciler.forge.http import ForgeClient
from reconciler.forge.issues import upsert_issue as upsert_issue
from reconciler.forge.waiting import RetryPolicy as RetryPolicy
from reconciler.model.forge import Forge, ForgeSettings

FORGES: Final[Mapping[str, Callable[[ForgeClient], Forge]]] = {
    "github": github.GitHub,
    "gitlab": gitlab.GitLab,
}
_HEADERS: Final[Mapping[str, Callable[[ForgeSettings], dict[str, str]]]] = {
    "github": github.headers,
    "gitlab": gitlab.headers,
}


@asynccontextmanager
async def connect(
    settings: ForgeSettings, patience: RetryPolicy, transport: Transport | None = None
) -> AsyncIterator[Forge]:
    """Open a forge; nothing is asked of it yet. Tests give the transport. Raises InputError."""
    async with open_client(settings, _HEADERS[settings.kind](settings), transport) as client:
        yield FORGES[settings.kind](ForgeClient(client, settings, patience))
