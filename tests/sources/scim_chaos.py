"""A directory with SCIM in this process, with the people of a truth and a fault."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import Any

from scim2_models import Email, Group, User

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import ScimSource
from reconciler.model.secret import SecretText
from reconciler.sources import Credentials
from reconciler.sources.scim import open_source
from tests.http.scripted import Naps
from tests.servers.scim import TOKEN, ScimServer, ScimState
from tests.sources.faulty import FaultyServer
from tests.sources.pulling import SCIM
from tests.sources.truth import GROUPS, Truth


def open_scim(truth: Truth, fault: str, random: Random) -> AbstractAsyncContextManager[Directory]:
    """Open the directory; waits take no time."""
    naps = Naps()
    retries = RetryPolicy(sleep=naps, random=lambda: 0.5, clock=naps.clock)
    server = FaultyServer(ScimServer(_state(truth), page=7), fault, random, _lists)
    secrets = {"token": Credential("RECONCILER_ID_TOKEN", SecretText(TOKEN))}
    return open_source(ScimSource.model_validate(SCIM), Credentials("directory", secrets, server), retries)


def _state(truth: Truth) -> ScimState:
    state = ScimState()
    for each in truth.accounts.values():
        emails = [Email(value=each.email, type=Email.Type.work, primary=True)]
        state.users[each.id] = User(id=each.id, user_name=each.email, active=each.active, emails=emails)
    for number, group in enumerate(GROUPS):
        state.groups[f"g{number}"] = Group(id=f"g{number}", display_name=group)
        for member in truth.members[group]:
            state.join(f"g{number}", member)
    return state


def _lists(path: str, body: Any) -> Sequence[tuple[dict[str, Any] | None, str]]:
    """Return the lists of members; entries of people are true."""
    if "/Groups" not in path:
        return []
    groups = body.get("Resources", [body])
    return [(each, "members") for each in groups if each.get("members")]
