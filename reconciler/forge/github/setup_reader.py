"""Read how a repository on GitHub is set up, as far as the token may, and write the calls that change it."""

import json
import shlex
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from reconciler.forge.check_runs import Run, unreadable, visible
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.health import CheckResult, failed, skipped

_PUBLIC_API: Final = "https://api.github.com"
_HIDDEN: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
# A repository whose plan does not have a feature gets this instead of a missing right.
_PLAN: Final = "Upgrade to"
Read = TypeVar("Read")


class SetupReader:
    """Reads one repository, each object once; `gh` writes calls of GitHub's own command."""

    def __init__(self, client: HttpClient, path: str, project: str) -> None:
        self._client = client
        self.path = path
        self.project = project
        self._known: dict[str, Any] = {}

    async def read(self, path: str, schema: type[Read]) -> Read:
        """Return an object below the repository."""
        if path not in self._known:
            request = Request(path=f"{self.path}/{path}".rstrip("/"))
            self._known[path] = await self._client.fetch(request, msgspec.json.Decoder(schema))
        found: Read = self._known[path]
        return found

    async def listed(
        self, path: str, item: type[Read], key: str = "", *, size: int = PAGE_SIZE
    ) -> list[Read]:
        """Return a list below the repository, whose pages have it in `key` where that is given."""
        if path not in self._known:
            request = Request(path=f"{self.path}/{path}")
            pages = _pages(item, key, size)
            self._known[path] = [each async for each in read_items(self._client, request, pages)]
        found: list[Read] = self._known[path]
        return found

    def visible(self, run: Run) -> Run:
        """Return a check that is skipped where the token may not read what it checks."""

        def result(error: ApiError) -> CheckResult:
            if error.detail.startswith(_PLAN):
                return failed(error.detail, "without it, GitHub cannot enforce this")
            return self.hidden(unreadable(error))

        return visible(run, _HIDDEN, result)

    def hidden(self, detail: str) -> CheckResult:
        """Return the result of a check that another token can run."""
        address = self._client.endpoint.address
        api = "" if address == _PUBLIC_API else f"GITHUB_API_URL={shlex.quote(address)} "
        command = f"{api}GITHUB_REPOSITORY={self.project} GITHUB_TOKEN=$({self.gh('auth', 'token')})"
        return skipped(
            detail, f"an admin of the repository can check it: {command} reconciler doctor --forge"
        )

    def gh(self, *arguments: str) -> str:
        """Return a call of gh, for the host of this forge."""
        host = urlsplit(self._client.endpoint.address).netloc
        prefix = "" if self._client.endpoint.address == _PUBLIC_API else f"GH_HOST={shlex.quote(host)} "
        return f"{prefix}{shlex.join(['gh', *arguments])}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> str:
        """Return a call of the API below the repository, with a body as JSON."""
        call = self.gh("api", "--method", method, f"{self.path}/{path}".rstrip("/"))
        return call if body is None else f"{call} --input - <<< {shlex.quote(json.dumps(body))}"


def quoted(name: str) -> str:
    """Return a name from a response, such as that of a branch, for a path."""
    return quote(name, safe="")


def _pages(item: type[Read], key: str, size: int) -> LinkHeader[Read]:
    if not key:
        return LinkHeader(msgspec.json.Decoder(tuple[item, ...]), size)  # type: ignore[valid-type]
    page: Any = msgspec.defstruct("Page", [(key, tuple[item, ...])])  # type: ignore[valid-type]
    return LinkHeader(msgspec.json.Decoder(page), size, lambda body: getattr(body, key))
