"""Access: who reaches which API, at which level, through which path."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.document import Level
from reconciler.model.ids import encoded
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-access/1.0"

LevelOrNone: TypeAlias = Literal["none", "view", "consume"]
LEVELS: Final[dict[str, int]] = {"none": 0, "view": 1, "consume": 2}


class AccessFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which paths are asked for: those that fit all that is given.

    `person` is a canonical address, `team` is PARTNER/TEAM; a grant to a person is in no partner and no team.
    `ending` is a day: only what ends on it or before.
    """

    person: str | None = None
    partner: str | None = None
    team: str | None = None
    group: str | None = None
    api: str | None = None
    ending: str | None = None

    def ends(self, until: str | None) -> bool:
        """Whether an end fits."""
        return self.ending is None or (until is not None and until <= self.ending)


class AccessRow(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One path on which one person reaches one API.

    `role` and `team` are None for a grant to the person; `state` is known only from a portal;
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
        group, *product = [name.partition("/")[2] for name in self.via]
        person = encoded(self.person)
        holder = f"team/{self.team}" if self.team else f"developer/{person}"
        joined = (f"membership/{self.team}/{person}",) if self.team else ()
        item = f"product/{product[0]}" if product else f"api/{self.api}"
        content = (f"product-item/{product[0]}/{self.api}",) if product else ()
        return (*joined, f"grant/{group}/{holder}", f"access-item/{group}/{item}", *content)


class EdgeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an edge of a path: its end and reason, its place in the files, and what brought it.

    What is not known is empty; `brought` is a commit, its author and day, its pull request and who approved.
    """

    until: str = ""
    reason: str = ""
    place: str = ""
    brought: str = ""


_RENAMED: Final = {"from_": "from", "remaining_until": "remainingUntil"}


class AccessChange(msgspec.Struct, frozen=True, gc=False, rename=_RENAMED):
    """People whose highest level for one API rises or falls, under one path; a team may have nobody yet.

    `via` and `until` are those of the path that gives the higher of both levels: of a loss the former one.
    `remainingUntil` is the last day of the lower level that a loss leaves; null without an end or a level.
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
    """What a plan does to people."""

    gained: tuple[AccessChange, ...] = ()
    lost: tuple[AccessChange, ...] = ()


class AccessReport(msgspec.Struct, frozen=True, rename="camel"):
    """Who reaches what: a row a person, API and path.

    `delegated` names teams whose members the files do not know, `open` the public APIs.
    """

    source: Literal["files", "portal"]
    rows: tuple[AccessRow, ...]
    delegated: tuple[str, ...]
    open: tuple[str, ...]
    format: str = FORMAT
