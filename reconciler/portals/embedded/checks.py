"""The checks of `reconciler doctor` for the embedded portal."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, failed, ok, warning

READS_ALL: Final = frozenset({"admin", "read"})
SCOPE_HINT: Final = "use a token of scope admin; to plan, scope read is enough"
_API_MAJOR: Final = "1"


class Me(msgspec.Struct, frozen=True):
    """The token's owner."""

    name: str
    scope: str


class _Portal(msgspec.Struct, frozen=True):
    version: str


class _Lease(msgspec.Struct, frozen=True, rename="camel"):
    owner: str
    expires_at: str


ME: Final = msgspec.json.Decoder(Me)
_PORTAL: Final = msgspec.json.Decoder(_Portal)
_LEASE: Final = msgspec.json.Decoder(_Lease)


class EmbeddedChecks:
    """Who the token belongs to, what it may do, and whether another run holds the lease."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._me = Me("", "")

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            Check("right-plan", self._right_plan),
            Check("right-apply", self._right_apply),
            Check("lease", self._lease, needs=("account", "right-plan")),
            Check("version", self._version),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        self._me = await self._client.fetch(Request(path="me"), ME)
        return ok(self._client.endpoint.redact(f'token "{self._me.name}" of scope {self._me.scope}'))

    async def _right_plan(self) -> CheckResult:
        if self._me.scope in READS_ALL:
            return ok("the token sees every object")
        return failed("the token sees only one team of the portal", SCOPE_HINT)

    async def _right_apply(self) -> CheckResult:
        if self._me.scope == "admin":
            return ok("the token may change every object")
        return warning(
            "the token may change nothing, so apply is not possible", "apply needs a token of scope admin"
        )

    async def _lease(self) -> CheckResult:
        try:
            held = await self._client.fetch(Request(path="lease"), _LEASE)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return ok("free: no other run writes")
        detail = self._client.endpoint.redact(f"held by {held.owner} until {held.expires_at}")
        return warning(detail, "another run writes at this moment; apply waits for it")

    async def _version(self) -> CheckResult:
        portal = await self._client.fetch(Request(path="portal"), _PORTAL)
        version = self._client.endpoint.redact(portal.version)
        if version.partition(".")[0] == _API_MAJOR:
            return ok(f"API {version}")
        return failed(f"API {version}, but this adapter knows version {_API_MAJOR}", "update the reconciler")
