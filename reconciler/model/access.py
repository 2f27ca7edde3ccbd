"""Access: who can use which API, at which level, through which path."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.document import Level
from reconciler.model.ids import encoded, split_id
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-access/1.0"

LevelOrNone: TypeAlias = Literal["none", "view", "consume"]
LEVELS: Final[dict[str, int]] = {"none": 0, "view": 1, "consume": 2}


class AccessFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Selects paths of access that match all given criteria.

    `person` is a canonical address, `team` is PARTNER/TEAM. A grant to a person has no partner and no team.
    `ending` is a day: only paths that end on or before that day match.
    """

    person: str | None = None
    partner: str | None = None
    team: str | None = None
    group: str | None = None
    api: str | None = None
    ending: str | None = None

    def ends(self, until: str | None) -> bool:
        """Return whether an end matches."""
        return self.ending is None or (until is not None and until <= self.ending)


class AccessRow(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One path from a person to an API.

    `role` and `team` are None for a grant to the person. `state` is known only from a portal. `via` has the
    group and the product on the path, or `api/NAME` for a grant of an API that no file defines at this level.
    `until` is the earliest end on the path, or None.
    """

    person: str
    state: str | None
    role: str | None
    team: str | None
    api: str
    level: Level
    via: tuple[str, ...]
    until: str | None

    @property
    def edges(self) -> tuple[ResourceId, ...]:
        """The ids of the edges of the path, from the person to the API."""
        (kind, first), *product = map(split_id, self.via)
        person = encoded(self.person)
        holder = f"team/{self.team}" if self.team else f"developer/{person}"
        joined = (f"membership/{self.team}/{person}",) if self.team else ()
        if kind == "api":
            return (*joined, f"api-grant/{first}/{holder}")
        item = f"product/{product[0][1]}" if product else f"api/{self.api}"
        content = (f"product-item/{product[0][1]}/{self.api}",) if product else ()
        return (*joined, f"grant/{first}/{holder}", f"access-item/{first}/{item}", *content)


class EdgeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Details of an edge of a path: its end and reason, its place in the files, and its origin.

    Unknown details are empty. `brought` is the commit that added it, with author, day, pull request and
    approvers.
    """

    until: str = ""
    reason: str = ""
    place: str = ""
    brought: str = ""


_RENAMED: Final = {"from_": "from", "remaining_until": "remainingUntil"}


class AccessChange(msgspec.Struct, frozen=True, gc=False, rename=_RENAMED):
    """A change of the highest level for one API, for people on one path; a team may have no people yet.

    `via` and `until` belong to the path with the higher of both levels; for a loss, that is the former path.
    `remainingUntil` is the last day of the level that remains after a loss; null without an end or a level.
    """

    api: str
    from_: LevelOrNone
    to: LevelOrNone
    team: str | None
    people: tuple[str, ...]
    via: tuple[str, ...]
    until: Day | None
    remaining_until: Day | None = None


class Impact(msgspec.Struct, frozen=True):
    """Who gains and who loses access by a plan."""

    gained: tuple[AccessChange, ...] = ()
    lost: tuple[AccessChange, ...] = ()


class AccessReport(msgspec.Struct, frozen=True, rename="camel"):
    """A report of access, with a row for each person, API and path.

    `delegated` lists teams whose members are not in the files, `open` lists public APIs.
    """

    source: Literal["files", "portal"]
    rows: tuple[AccessRow, ...]
    delegated: tuple[str, ...]
    open: tuple[str, ...]
    format: str = FORMAT
