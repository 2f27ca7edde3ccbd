"""The adapter of Kong Konnect: teams, members and the roles of teams for APIs in one developer portal."""

from collections.abc import Mapping
from typing import Final, Protocol

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Tally
from reconciler.model.health import Check
from reconciler.model.ids import decoded
from reconciler.model.kinds import team_of
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Progress, TextLimit
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.portals.complete_read import read_completely
from reconciler.portals.konnect.checks import RIGHTS, KonnectChecks
from reconciler.portals.konnect.grants import GrantWriter
from reconciler.portals.konnect.mapping import mapped, person_of
from reconciler.portals.konnect.members import MemberWriter
from reconciler.portals.konnect.portal import find_portal
from reconciler.portals.konnect.reader import EstateReader
from reconciler.portals.konnect.requests import PortalRequests
from reconciler.portals.konnect.teams import TeamWriter
from reconciler.portals.unversioned import Mapped, UnversionedAdapter

_PROOF: Final = (
    "each list has as many items as its total, and no published API or member is left out of another"
)
CAPABILITIES: Final = Capabilities(
    kinds=frozenset({"team", "membership", "api-grant"}),
    fields=frozenset({"api-grant.level"}),
    renames=frozenset({"team"}),
    moves=frozenset({"team"}),
    team_admins=False,
    developer_grants=False,
    grants_before_account=False,
    enforces_until=False,
    owner_labels=True,
    invitations=False,
    preconditions=False,
    # The credentials of an application still work after its owner has lost the role.
    keys_outlive_grants=True,
    # In Konnect, both together are the name of a team, which has at most 250 characters.
    limits={
        "partner.name": TextLimit(longest=124, alphabet="[^.]", says="characters other than dots"),
        "team.name": TextLimit(longest=125),
    },
)


class _Writer(Protocol):
    """Reads and writes the objects of one kind."""

    async def current(self, change: Change, /) -> Mapped | None:
        """Read the object of a change; None if there is none. Raises PortalError."""

    async def send(self, change: Change, label: str, tally: Tally, /) -> str | None:
        """Write a change; return the id of a new object. Raises PortalError."""


class KonnectAdapter(UnversionedAdapter):
    """A developer portal of Konnect; `portal` is its id or name."""

    def __init__(self, client: HttpClient, portal: str, region: str) -> None:
        super().__init__(client, CAPABILITIES)
        self._portal = portal
        self._region = region
        self._writers: Mapping[str, _Writer] = {}

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  it reads all
        """Read all teams with their members and roles, the developers and the published APIs."""
        portal = await find_portal(self.client, self._portal)
        portal.require_access_control()
        estate = await read_completely(EstateReader(self.client, portal.id, self._region, progress).read)
        resources, native = self.remember(mapped(estate))
        requests = PortalRequests(self.client, portal.id)
        self._writers = {
            "team": TeamWriter(requests, self.ids),
            "membership": MemberWriter(requests, self.ids, estate.developers),
            "api-grant": GrantWriter(requests, self.ids, estate.names, self._region),
        }
        return Snapshot(
            portal_id=portal.id,
            resources=resources,
            apis=dict(estate.names.offered()),
            native=native,
            proof="" if estate.problem else _PROOF,
            problem=f"{estate.problem}: {RIGHTS}" if estate.problem else "",
            accounts=frozenset(decoded(person_of(each)) for each in estate.developers),
        )

    def checks(self) -> list[Check]:
        """Return the checks of the token, its rights, and the settings of the portal."""
        return KonnectChecks(self.client, self._portal, self._region).all()

    def batch_key(self, change: Change) -> str | None:
        """Return the team: its members and roles are written one after another."""
        return team_of(change.id)

    async def current(self, change: Change) -> Mapped | None:
        """Read the object of a change again."""
        return await self._writer(change).current(change)

    async def send(self, change: Change, owner_label: str, tally: Tally) -> str | None:
        """Write a change."""
        return await self._writer(change).send(change, owner_label, tally)

    def _writer(self, change: Change) -> _Writer:
        found = self._writers.get(change.kind)
        if found is None:
            raise PortalError(f"{change.id} cannot be written before the portal was read", "make a new plan")
        return found
