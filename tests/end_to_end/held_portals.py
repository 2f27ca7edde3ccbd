"""The portals that laws over random companies are about; a line adds one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from reconciler.model.access import LEVELS
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Resource
from reconciler.portals.keycloak.adapter import CAPABILITIES as KEYCLOAK
from reconciler.testing.embedded import embedded
from reconciler.testing.harness import PortalUnderTest
from tests.access.worlds import highest, paths
from tests.portals.apigee.ground import ApigeeUnderTest
from tests.portals.drupal.ground import DrupalUnderTest
from tests.portals.drupal.sites import WITH_FIELDS, WITH_GROUPS
from tests.portals.konnect.ground import KonnectUnderTest
from tests.servers.apigee.organization import Organization
from tests.servers.apigee.server import ApigeeServer
from tests.testing.shelf import ShelfUnderTest, lacking, load
from tests.testing.test_contract_of_embedded import EmbeddedUnderTest

NewPortal = Callable[[], PortalUnderTest]
# Every fallback; those that a portal does not need have no effect.
FALLBACKS = {
    "admins": "as-members",
    "delegated": "unmanaged",
    "blocked": "each-run",
    "developerGrants": "team-of-one",
    "until": "daily-run",
    "view": "omit",
    "invitations": "create",
}
_GROUPS = ("grant", "access-group", "access-item", "api-product", "product-item")
_NAMES: Mapping[int, str] = {number: name for name, number in LEVELS.items()}


class StoredUnderTest(ShelfUnderTest):
    """A portal with these capabilities, whose access is read from its file without our reports."""

    async def effective_access(self, address: str, day: str) -> Mapping[str, str]:
        # Without levels, a grant is one to call the API.
        content = load(self._file)
        held = {each: Resource(each, {"level": "consume", **content[each].fields}) for each in content}
        levels = highest(paths(held, day))
        return {api: _NAMES[level] for (person, api), level in levels.items() if person == address}


class HeldPortal(NamedTuple):
    """How to make portals of one sort, each new and empty, and the fallbacks that are chosen for them.

    In one whose content can be `edited` freely, there are also members and grants that no file names. Some
    have no `products`. `together` is how many members of a team are written at once.
    """

    name: str
    grounds: Callable[[Path], AbstractContextManager[NewPortal]]
    edited: bool = False
    products: bool = True
    together: int = 1
    fallbacks: Mapping[str, str] = FALLBACKS


def stored(name: str, can: Capabilities) -> HeldPortal:
    """Return a portal that has nothing but these capabilities."""

    @contextmanager
    def grounds(folder: Path) -> Iterator[NewPortal]:
        def new() -> PortalUnderTest:
            file = folder / "stored.json"
            file.unlink(missing_ok=True)
            return StoredUnderTest(file, can)

        yield new

    return HeldPortal(name, grounds, edited=True, together=can.batch_size)


def double(name: str, new: NewPortal, *, products: bool = True, together: int = 1) -> HeldPortal:
    """Return a portal that is a double of a vendor's."""

    @contextmanager
    def grounds(_: Path) -> Iterator[NewPortal]:
        yield new

    return HeldPortal(name, grounds, products=products, together=together)


@contextmanager
def _embedded(folder: Path) -> Iterator[NewPortal]:
    with embedded(str(folder / "portal.db"), EmbeddedUnderTest.apis) as portal:

        def new() -> PortalUnderTest:
            portal.empty()
            return EmbeddedUnderTest(portal)

        yield new


HELD_PORTALS = (
    HeldPortal("embedded", _embedded),
    stored("Keycloak's capabilities", KEYCLOAK),
    stored("everything", lacking("api-grant")),
    stored("no admins", lacking("api-grant", "membership.role", team_admins=False)),
    stored("no delegation", lacking("api-grant", "team.delegated")),
    stored("no blocked people", lacking("api-grant", "partner.blocked")),
    stored("no grants to people", lacking("api-grant", developer_grants=False)),
    stored("no ends", lacking("api-grant", "grant.until", "membership.until", enforces_until=False)),
    stored("no levels", lacking("api-grant", "grant.level")),
    stored("no partners", lacking("api-grant", "partner", "partner.blocked")),
    stored("grants of APIs", lacking(*_GROUPS, "partner")),
    stored("grants of APIs to teams", lacking(*_GROUPS, "api-grant.until", developer_grants=False)),
    double("drupal", lambda: DrupalUnderTest(WITH_FIELDS), together=100),
    double("drupal with groups", lambda: DrupalUnderTest(WITH_GROUPS), products=False),
    double("konnect", KonnectUnderTest),
    double(
        "apigee", lambda: ApigeeUnderTest(ApigeeServer(Organization(page=ApigeeUnderTest.page))), together=500
    ),
)
