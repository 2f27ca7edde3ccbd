"""Opening a directory with SCIM in tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory, Evidence, GroupAnswer
from reconciler.model.secret import SecretText
from reconciler.model.source_settings import ScimSource
from reconciler.sources import Credentials
from reconciler.sources.connection import RETRIES
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
    return asyncio.run(_acted(Place(URL, TOKEN, server), retries, act))


class Place(msgspec.Struct, frozen=True):
    """The URL of a directory, a token for it, and the application that answers if it is in this process."""

    url: str
    token: str
    application: ScimServer | None = None


def ask_at(url: str, token: str, act: Callable[[Directory], Awaitable[Result]]) -> Result:
    """Open a directory on loopback, and act with it."""
    return asyncio.run(_acted(Place(url, token), RETRIES, act))


async def _acted(place: Place, retries: RetryPolicy, act: Callable[[Directory], Awaitable[Result]]) -> Result:
    settings = ScimSource.model_validate(
        {"type": "scim", "url": place.url, "token": {"env": "PORTAL_SCIM_TOKEN"}}
    )
    secrets = {"token": Credential("PORTAL_SCIM_TOKEN", SecretText(place.token))}
    async with open_source(settings, Credentials("sso", secrets, place.application), retries) as directory:
        return await act(directory)


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
