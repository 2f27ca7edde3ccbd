"""The checks of `reconciler doctor` for GitHub."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.check_runs import tried
from reconciler.forge.github.schemas import IssueEvent, Numbered, User
from reconciler.forge.token_end import token_end
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.forge import ForgeSettings
from reconciler.model.health import Check, CheckResult, ok, skipped, warning

_USER: Final = msgspec.json.Decoder(User)
_PULLS: Final = msgspec.json.Decoder(tuple[Numbered, ...])
_EVENTS: Final = msgspec.json.Decoder(tuple[IssueEvent, ...])
_EXPIRATION: Final = "GitHub-Authentication-Token-Expiration"
_ENTERPRISE: Final = "X-GitHub-Enterprise-Version"


class GitHubChecks:
    """Whose the token is, and what it may read and write in one repository.

    A right to write is tried with a request that lacks what it must have: GitHub rejects it as invalid (422)
    if the token has the right, and as forbidden if not. It writes nothing in either case.
    """

    def __init__(self, client: HttpClient, path: str, settings: ForgeSettings, today: str) -> None:
        self._client = client
        self._path = path
        self._settings = settings
        self._today = today
        self._pull: int | None = None
        self._is_person = False

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            Check("right-read", self._read),
            # These read the headers of the last response.
            Check("token-end", self._end),
            Check("version", self._version),
            rate_limit_check(self._client),
            Check("right-comment", self._comment, ("account", "right-read")),
            Check("right-check", self._check),
            Check("right-issue", self._issue),
            Check("right-events", self._events, ("account", "right-read")),
        ]

    async def _account(self) -> CheckResult:
        """Return the user; the token of an app may not read its own."""
        try:
            user = await self._client.fetch(Request(path="user"), _USER)
        except ApiError as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            return ok(f"the token of an app; comments are expected from {self._settings.app}[bot]")
        self._is_person = True
        return ok(self._client.endpoint.redact(f"user {user.login}"))

    async def _read(self) -> CheckResult:
        request = Request(path=f"{self._path}/pulls", query={"state": "all", "per_page": "1"})
        pulls = await self._client.fetch(request, _PULLS)
        self._pull = pulls[0].number if pulls else None
        return ok("the token may read pull requests")

    async def _comment(self) -> CheckResult:
        if self._pull is None:
            return skipped("there is no pull request yet to try it on")
        return await tried(
            self._client,
            f"{self._path}/issues/{self._pull}/comments",
            "the token may comment on pull requests",
        )()

    async def _check(self) -> CheckResult:
        if self._is_person and not self._settings.in_job:
            return skipped("only the token of a job, or of an app, sets checks")
        return await tried(self._client, f"{self._path}/check-runs", "the token may set checks")()

    async def _issue(self) -> CheckResult:
        """Report a missing right as a warning: only the issue about drift needs it."""
        try:
            return await tried(self._client, f"{self._path}/issues", "the token may open issues")()
        except ApiError as error:
            if error.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.GONE}:
                raise
            return warning(error.message, "only the issue about drift needs `permissions: {issues: write}`")

    async def _events(self) -> CheckResult:
        """Report a missing right as a warning: only approvals need it."""
        if self._pull is None:
            return skipped("there is no pull request yet to try it on")
        request = Request(path=f"{self._path}/issues/{self._pull}/events", query={"per_page": "1"})
        try:
            await self._client.fetch(request, _EVENTS)
        except ApiError as error:
            if error.status != HTTPStatus.FORBIDDEN or error.wait is not None:
                raise
            return warning(error.message, "approvals need `permissions: {issues: read}`")
        return ok("the token may read whether the base of a pull request was changed")

    async def _end(self) -> CheckResult:
        written = self._client.last_headers.get(_EXPIRATION, "")
        return token_end(written.partition(" ")[0] or None, self._today)

    async def _version(self) -> CheckResult:
        version = self._client.endpoint.redact(self._client.last_headers.get(_ENTERPRISE, ""))
        return ok(f"GitHub Enterprise Server {version}" if version else "GitHub names no version")
