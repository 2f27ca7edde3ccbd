"""The checks of `reconciler doctor` for a portal of Konnect."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http.attempts import refusal
from reconciler.http.client import HttpClient
from reconciler.http.rate_limit import rate_limit_check
from reconciler.http.request import Request
from reconciler.model.counting import counted
from reconciler.model.health import Check, CheckResult, failed, ok, warning
from reconciler.portals.konnect.mapping import ROLE_NAMES, Estate
from reconciler.portals.konnect.portal import SWITCH_ON, FoundPortal, find_portal
from reconciler.portals.konnect.reader import EstateReader

RIGHTS: Final = (
    "give the account of the token the role Viewer for the portal and its APIs to plan, Admin for the portal"
    " to apply"
)
_KINDS: Final = {"spat_": "a system account", "kpat_": "a person"}
# No object has this id, so nothing can be deleted with it.
_NOBODY: Final = "00000000-0000-0000-0000-000000000000"
_MOST_NAMES: Final = 5


class _Authentication(msgspec.Struct, frozen=True):
    idp_mapping_enabled: bool = False
    oidc_team_mapping_enabled: bool = False


class _Role(msgspec.Struct, frozen=True):
    name: str


class _Services(msgspec.Struct, frozen=True):
    roles: dict[str, _Role]


class _Roles(msgspec.Struct, frozen=True):
    services: _Services


_ROLES: Final = msgspec.json.Decoder(_Roles)
_AUTHENTICATION: Final = msgspec.json.Decoder(_Authentication)


class KonnectChecks:
    """Whether the token is accepted and may read and write, and whether roles restrict access."""

    def __init__(self, client: HttpClient, portal: str, region: str) -> None:
        self._client = client
        self._name = portal
        self._region = region
        self._portal: FoundPortal | None = None
        self._estate: Estate | None = None

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            Check("account", self._account, needs=()),
            Check("settings", self._settings),
            Check("map", self._map),
            Check("identity-provider", self._identity_provider),
            Check("right-plan", self._right_plan),
            Check("right-apply-teams", lambda: self._right_apply("teams")),
            Check("right-apply-developers", lambda: self._right_apply("developers")),
            Check("public-apis", self._public_apis, needs=("account", "right-plan")),
            rate_limit_check(self._client),
        ]

    async def _account(self) -> CheckResult:
        found = await find_portal(self._client, self._name)
        self._portal = found
        [token] = self._client.endpoint.auth.secrets
        kind = _KINDS.get(token.reveal()[:5])
        owner = f"a token of {kind}" if kind else "a token of an unknown kind"
        return ok(self._client.endpoint.redact(f'{owner}, which sees the portal "{found.portal.name}"'))

    async def _settings(self) -> CheckResult:
        if reason := self._found.open_reason:
            return failed(f"the portal {reason}", SWITCH_ON)
        return ok("authentication and role-based access control are on")

    async def _map(self) -> CheckResult:
        found = await self._client.fetch(Request(path="portal-roles"), _ROLES)
        names = {role.name for role in found.services.roles.values()}
        if missing := sorted({*ROLE_NAMES.values()} - names):
            return failed(f"Konnect does not have the role {', '.join(missing)}", "update the reconciler")
        return ok(f"the levels view and consume are the roles {' and '.join(ROLE_NAMES.values())}")

    async def _identity_provider(self) -> CheckResult:
        request = Request(path=f"portals/{self._found.id}/authentication-settings")
        found = await self._client.fetch(request, _AUTHENTICATION)
        if found.idp_mapping_enabled or found.oidc_team_mapping_enabled:
            return warning(
                "groups of an identity provider are mapped to teams, and change their members at each login",
                "do not map groups to teams whose members are in files",
            )
        return ok("no groups of an identity provider are mapped to teams")

    async def _right_plan(self) -> CheckResult:
        reader = EstateReader(self._client, self._found.id, self._region, _quiet)
        self._estate = estate = await reader.read()
        if estate.problem:
            return failed(self._client.endpoint.redact(estate.problem), RIGHTS)
        apis = counted(len(estate.names.offered()), "published API")
        developers = counted(len(estate.developers), "developer")
        return ok(f"{apis}, {developers} and {counted(len(estate.teams), 'team')} can be read")

    async def _right_apply(self, what: str) -> CheckResult:
        """Try to delete an object that cannot exist: without the right, Konnect refuses to look for it."""
        path = f"portals/{self._found.id}/{what}/{_NOBODY}"
        request = Request(method="DELETE", path=path, safe=True)
        if await refusal(self._client, request, (HTTPStatus.NOT_FOUND,)):
            return warning(f"the token may not change {what}, so apply is not possible", RIGHTS)
        return ok(f"the token may change {what}")

    async def _public_apis(self) -> CheckResult:
        public = self._estate.names.public if self._estate else []
        if not public:
            return ok("no API is public")
        names = ", ".join(public[:_MOST_NAMES]) + (", …" if len(public) > _MOST_NAMES else "")
        detail = f"{counted(len(public), 'API is', 'APIs are')} open to everybody: {names}"
        hint = "to restrict one, set its visibility to private in its publication"
        return ok(self._client.endpoint.redact(detail), hint)

    @property
    def _found(self) -> FoundPortal:
        if self._portal is None:
            raise PortalError("the portal was not found")
        return self._portal


def _quiet(_what: str, _count: int, _total: int | None) -> None:
    """Show no progress."""
