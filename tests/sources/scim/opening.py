"""Opening a directory with SCIM in tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory, Evidence, GroupAnswer
from reconciler.model.secret import SecretText
from reconciler.model.source_settings import ScimSource
from reconciler.sources import Credentials
from reconciler.sources.scim import open_source
from tests.http.scripted import Naps
from tests.servers.scim import BASE, TOKEN, ScimServer

URL = f"https://id.example.com{BASE}"
Result = TypeVar("Result")


def ask(
    server: ScimServer, act: Callable[[Directory], Awaitable[Result]], naps: Naps | None = None
) -> Result:
    """Open the directory and act with it; waits take no time."""
    naps = naps or Naps()
    retries = RetryPolicy(sleep=naps, random=lambda: 0.5, clock=naps.clock)
    settings = ScimSource.model_validate({"type": "scim", "url": URL, "token": {"env": "PORTAL_SCIM_TOKEN"}})
    secrets = {"token": Credential("PORTAL_SCIM_TOKEN", SecretText(TOKEN))}

    async def acted() -> Result:
        async with open_source(settings, Credentials("sso", secrets, server), retries) as directory:
            return await act(directory)

    return asyncio.run(acted())


def read(server: ScimServer, *groups: str) -> Mapping[str, GroupAnswer]:
    """Return the answers about these groups."""
    return ask(server, lambda directory: directory.read(groups, lambda *_: None))


def confirm(server: ScimServer, group: str, *ids: str) -> Mapping[str, Evidence]:
    """Read a group, and then return what the directory says of these people."""

    async def act(directory: Directory) -> Mapping[str, Evidence]:
        await directory.read([group], lambda *_: None)
        return await directory.confirm(group, ids)

    return ask(server, act)


def emails(answer: GroupAnswer) -> list[str]:
    """Return the addresses in an answer, sorted."""
    return sorted(each.email for each in answer.people)
