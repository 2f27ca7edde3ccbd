"""The checks of `reconciler doctor` for Gitea."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.check_runs import tried
from reconciler.forge.gitea.schemas import Repository, User, Version
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, failed, ok, warning

_UNREADABLE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_USER: Final = msgspec.json.Decoder(User)
_REPOSITORY: Final = msgspec.json.Decoder(Repository)
_VERSION: Final = msgspec.json.Decoder(Version)


class GiteaChecks:
    """Whose the token is, its scopes, and what its user may do in one repository.

    A scope is tried with a request that lacks what it must have: Gitea rejects it as invalid (422) if the
    token has the scope, and as forbidden if not. It writes nothing in either case.
    """

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            Check("right-read", self._read),
            Check("version", self._version),
            rate_limit_check(self._client),
            Check("right-role", self._role, ("account", "right-read")),
            Check(
                "right-check",
                tried(self._client, f"{self._path}/pulls", "the token may set statuses"),
                ("right-role",),
            ),
            Check(
                "right-comment",
                tried(self._client, f"{self._path}/issues", "the token may comment on pull requests"),
            ),
            Check("right-issue", self._issue, ("account", "right-comment")),
        ]

    async def _account(self) -> CheckResult:
        user = await self._client.fetch(Request(path="user"), _USER)
        return ok(self._client.endpoint.redact(f"user {user.login}"))

    async def _read(self) -> CheckResult:
        await self._client.send(Request(path=f"{self._path}/pulls", query={"limit": "1"}))
        return ok("the token may read pull requests")

    async def _role(self) -> CheckResult:
        repository = await self._client.fetch(Request(path=self._path), _REPOSITORY)
        if repository.permissions.push:
            return ok("the user may write to the repository")
        return failed(
            "the user may only read the repository", "statuses need a collaborator who may write to it"
        )

    async def _issue(self) -> CheckResult:
        """Report a missing right as a warning: only the issue about drift needs it."""
        request = Request(path=f"{self._path}/issues", query={"type": "issues", "limit": "1"})
        try:
            await self._client.send(request)
        except ApiError as error:
            if error.status not in _UNREADABLE:
                raise
            return warning(error.message, "only the issue about drift needs `permissions: {issues: write}`")
        return ok("the token may open issues")

    async def _version(self) -> CheckResult:
        found = await self._client.fetch(Request(path="version"), _VERSION)
        return ok(self._client.endpoint.redact(f"version {found.version}"))
