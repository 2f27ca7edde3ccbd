"""Read how a repository on Gitea is set up, as far as the token may, and write the calls that change it."""

import json
import shlex
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from reconciler.forge.check_runs import Run, unreadable, visible
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitea.schemas import Protection, Repository
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
from reconciler.http.request import Request
from reconciler.model.health import skipped

_HIDDEN: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_PROTECTIONS: Final = msgspec.json.Decoder(tuple[Protection, ...] | None)
_REPOSITORY: Final = msgspec.json.Decoder(Repository)
Item = TypeVar("Item")


class SetupReader:
    """Reads one repository, and writes calls of curl with the token of an owner in GITEA_TOKEN."""

    def __init__(self, client: HttpClient, project: str) -> None:
        self._client = client
        self._project = project
        self._found: Repository | None = None

    async def repository(self) -> Repository:
        """Return the repository."""
        if self._found is None:
            self._found = await self._client.fetch(Request(path=f"repos/{self._project}"), _REPOSITORY)
        return self._found

    async def listed(self, path: str, item: type[Item]) -> list[Item]:
        """Return a list below the repository."""
        return await self._list(f"repos/{self._project}/{path}", item)

    async def protections(self) -> tuple[Protection, ...]:
        """Return the protections of branches, in their order; Gitea sends all of them at once."""
        request = Request(path=f"repos/{self._project}/branch_protections")
        return await self._client.fetch(request, _PROTECTIONS) or ()

    async def inherited(self, path: str, item: type[Item]) -> list[Item]:
        """Return a list below the organization; empty for a user's repository, or without the right to it."""
        try:
            return await self._list(f"orgs/{self._project.partition('/')[0]}/{path}", item)
        except ApiError as error:
            if error.status in _HIDDEN:
                return []
            raise

    def visible(self, run: Run) -> Run:
        """Return a check that is skipped where the token may not read what it checks."""
        hint = "the owner of the repository can check it, with a token of their own in GITEA_TOKEN"
        return visible(run, _HIDDEN, lambda error: skipped(unreadable(error), hint))

    def call(self, method: str, path: str, body: Mapping[str, Any]) -> str:
        """Return a call of the API below the repository, with a body as JSON."""
        return f"{self._curl(method, path)} --json {shlex.quote(json.dumps(body))}"

    def secret_call(self, name: str) -> str:
        """Return a call that sets a secret to what is typed, which no other process can see."""
        body = "jq --raw-input '{data: .}'"
        return f"{body} | {self._curl('PUT', f'actions/secrets/{quote(name)}')} --json @-"

    def _curl(self, method: str, path: str) -> str:
        address = f"{self._client.endpoint.address}/repos/{self._project}/{path}".rstrip("/")
        return (
            f'curl --fail-with-body --request {method} --header "Authorization: token $GITEA_TOKEN"'
            f" {shlex.quote(address)}"
        )

    async def _list(self, path: str, item: type[Item]) -> list[Item]:
        decoder: Any = msgspec.json.Decoder(tuple[item, ...] | None)  # type: ignore[valid-type]
        pages = TotalHeader[Item](decoder, PAGE_SIZE)
        return [each async for each in read_items(self._client, Request(path=path), pages)]
