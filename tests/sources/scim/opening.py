"""Opening a directory with SCIM in tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from reconciler.http.asgi_types import Application
from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory, Evidence, GroupAnswer
from reconciler.model.directory_settings import ScimSource
from reconciler.model.secret import SecretText
from reconciler.sources import Credentials
from reconciler.sources.connection import RETRIES
from reconciler.sources.scim import open_source
from tests.http.scripted import Naps
from tests.servers.scim import BASE, TOKEN, ScimServer

URL = f"https://id.example.com{BASE}"
BEARER = MappingProxyType({"token": {"env": "PORTAL_SCIM_TOKEN"}})
Result = TypeVar("Result")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The URL of a directory, its other settings, and the application that answers if it is in this process.

    The secret is what the environment variable of the settings has.
    """

    url: str = URL
    settings: Mapping[str, Any] = BEARER
    secret: str = TOKEN
    application: Application | None = None


def ask(
    server: Application, act: Callable[[Directory], Awaitable[Result]], naps: Naps | None = None
) -> Result:
    """Open the directory and act with it; waits take no time."""
    return ask_at(Place(application=server), act, naps or Naps())


def ask_at(place: Place, act: Callable[[Directory], Awaitable[Result]], naps: Naps | None = None) -> Result:
    """Open a directory and act with it; it waits for as long as it is told to, unless there are naps."""
    retries = RetryPolicy(sleep=naps, random=lambda: 0.5, clock=naps.clock) if naps else RETRIES
    settings = ScimSource.model_validate({"type": "scim", "url": place.url, **place.settings})
    secrets = {
        name: Credential(each.env, SecretText(place.secret)) for name, each in settings.secrets.items()
    }

    async def acted() -> Result:
        credentials = Credentials("sso", secrets, place.application)
        async with open_source(settings, credentials, retries) as directory:
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
