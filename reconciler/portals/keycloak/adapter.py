"""The adapter of Keycloak: partners and teams are groups, APIs and access groups are realm roles."""

from collections.abc import Mapping
from typing import Final, Protocol

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from reconciler.model.health import Check
from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Progress, TextLimit
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import WriteResult
from reconciler.portals.complete_read import read_completely
from reconciler.portals.keycloak.admin_api import AdminApi
from reconciler.portals.keycloak.checks import DUPLICATES_HINT, RIGHTS, KeycloakChecks
from reconciler.portals.keycloak.grants import GrantWriter
from reconciler.portals.keycloak.groups import MemberWriter, PartnerWriter, TeamWriter
from reconciler.portals.keycloak.index import Index
from reconciler.portals.keycloak.lists import PAGE_SIZE, Lists
from reconciler.portals.keycloak.mapping import mapped, offered_apis, person_of
from reconciler.portals.keycloak.reader import RealmReader
from reconciler.portals.keycloak.roles import ItemWriter, RoleWriter
from reconciler.portals.keycloak.schemas import SETTINGS, RealmSettings
from reconciler.portals.leaseless import LeaselessAdapter
from reconciler.portals.results import result_of

_PROOF: Final = "pages overlap, and the lists have as many groups, subgroups and users as the server counts"
_LONGEST: Final = TextLimit(longest=255)
CAPABILITIES: Final = Capabilities(
    kinds=frozenset(
        {
            "partner",
            "team",
            "membership",
            "api-product",
            "product-item",
            "access-group",
            "access-item",
            "grant",
            "api-grant",
        }
    ),
    fields=frozenset(
        {
            "membership.role",
            "grant.level",
            "api-grant.level",
            "access-group.description",
            "api-product.description",
            "api-product.visibility",
        }
    ),
    renames=frozenset({"partner", "team"}),
    moves=frozenset({"team"}),
    team_admins=True,
    developer_grants=True,
    grants_before_account=False,
    enforces_until=False,
    owner_labels=True,
    invitations=False,
    preconditions=False,
    # An issued token stays valid for some minutes; each new one has the current roles.
    keys_outlive_grants=False,
    limits={
        "partner.name": _LONGEST,
        "team.name": _LONGEST,
        "api-product.description": _LONGEST,
        "access-group.description": _LONGEST,
    },
)


class _Writer(Protocol):
    """Makes the changes of one kind."""

    async def write(self, api: AdminApi, change: Change, label: str, /) -> None:
        """Make a change. Raises PortalError."""

    async def applied(self, api: AdminApi, change: Change, label: str, /) -> bool:
        """Return whether the realm has a change. Raises PortalError."""


class KeycloakAdapter(LeaselessAdapter):
    """A realm of Keycloak through its Admin REST API."""

    def __init__(self, client: HttpClient, page_size: int = PAGE_SIZE) -> None:
        super().__init__(client, CAPABILITIES)
        self._lists = Lists(client, page_size)
        self._index = Index()
        people = MemberWriter(self._index)
        roles = RoleWriter(self._index)
        items = ItemWriter(self._index, roles)
        grants = GrantWriter(self._index, people, items)
        self._writers: Mapping[str, _Writer] = {
            "partner": PartnerWriter(self._index),
            "team": TeamWriter(self._index),
            "membership": people,
            "api-product": roles,
            "access-group": roles,
            "product-item": items,
            "access-item": items,
            "grant": grants,
            "api-grant": grants,
        }

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read all groups, realm roles, and who has them."""
        self.label = selection.owner_label
        settings = await self._settings()
        realm = await read_completely(RealmReader(self._lists, progress).read)
        self._index.fill(realm)
        found, native = mapped(realm)
        return Snapshot(
            portal_id=settings.id,
            resources=found,
            apis=offered_apis(realm),
            native=native,
            proof="" if realm.problem else _PROOF,
            problem=f"{realm.problem}: {RIGHTS}" if realm.problem else "",
            accounts=frozenset(decoded(person_of(user)) for user in realm.accounts),
        )

    async def _settings(self) -> RealmSettings:
        settings = await self.client.fetch(Request(path=""), SETTINGS)
        if not settings.id:
            raise PortalError(f"{self.client.endpoint} does not show the settings of the realm", RIGHTS)
        if settings.duplicate_emails_allowed:
            message = f"{self.client.endpoint}: several users may have the same e-mail address"
            raise PortalError(message, DUPLICATES_HINT)
        return settings

    def checks(self) -> list[Check]:
        """Return the checks of the service account, its rights, and the settings of the realm."""
        return KeycloakChecks(self.client).all()

    async def write_one(self, change: Change) -> WriteResult:
        """Write a change: Keycloak stores each membership, content and mapping on its own."""
        api = AdminApi(self.client)
        return await result_of(self._writers[change.kind].write(api, change, self.label), api.tally)

    async def is_applied(self, change: Change) -> bool:
        """Return whether the realm has a change. Raises PortalError."""
        return await self._writers[change.kind].applied(AdminApi(self.client), change, self.label)
