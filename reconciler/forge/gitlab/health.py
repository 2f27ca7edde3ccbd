"""The checks of `reconciler doctor` for GitLab."""

from typing import Final

import msgspec

from reconciler.forge.gitlab.roles import DEVELOPER, role_name
from reconciler.forge.gitlab.schemas import Project, Token, User, Version
from reconciler.forge.token_end import token_end
from reconciler.http.client import HttpClient
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, failed, ok

_USER: Final = msgspec.json.Decoder(User)
_TOKEN: Final = msgspec.json.Decoder(Token)
_PROJECT: Final = msgspec.json.Decoder(Project)
_VERSION: Final = msgspec.json.Decoder(Version)
_SCOPE: Final = "api"


class GitLabChecks:
    """Whose the token is, its scopes and its end, and its role in one project.

    GitLab checks the content of a request before the right to it, so no right can be tried without writing.
    """

    def __init__(self, client: HttpClient, path: str, today: str) -> None:
        self._client = client
        self._path = path
        self._today = today
        self._token = Token()

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            Check("right-read", self._read),
            Check("right-scope", self._scope),
            Check("right-role", self._role, ("account", "right-read")),
            Check("token-end", self._end, ("account", "right-scope")),
            Check("version", self._version),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        user = await self._client.fetch(Request(path="user"), _USER)
        return ok(self._client.endpoint.redact(f"user {user.username}"))

    async def _read(self) -> CheckResult:
        await self._client.send(Request(path=f"{self._path}/merge_requests", query={"per_page": "1"}))
        return ok("the token may read merge requests")

    async def _scope(self) -> CheckResult:
        self._token = await self._client.fetch(Request(path="personal_access_tokens/self"), _TOKEN)
        scopes = self._client.endpoint.redact(", ".join(self._token.scopes)) or "none"
        if _SCOPE in self._token.scopes:
            return ok(f"the scopes of the token: {scopes}")
        return failed(f"the scopes of the token: {scopes}", f"create a token with the scope `{_SCOPE}`")

    async def _role(self) -> CheckResult:
        project = await self._client.fetch(Request(path=self._path), _PROJECT)
        level = project.permissions.level
        role = role_name(level)
        if level >= DEVELOPER:
            return ok(f"role in the project: {role}")
        return failed(f"role in the project: {role}", "notes and statuses need at least the role Developer")

    async def _end(self) -> CheckResult:
        return token_end(self._token.expires_at, self._today)

    async def _version(self) -> CheckResult:
        found = await self._client.fetch(Request(path="version"), _VERSION)
        return ok(self._client.endpoint.redact(f"GitLab {found.version}"))
