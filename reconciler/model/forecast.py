"""Forecast: who loses access on which day because of an end."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.access import LevelOrNone
from reconciler.model.finding import Source
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-forecast/1.0"

Ending: TypeAlias = Literal["partner", "grant", "membership"]


class ForecastRow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A change of the highest level for one API on a day, for people on one path.

    `day` is the first day with the new level, `until` the last day with the old level. `ending` is what ends:
    the whole partner, a grant, or the membership of each person. `reason` is the reason of the grant, and
    `place` is where the end is defined; both can be None.
    """

    day: Day
    partner: str | None
    team: str | None
    people: tuple[str, ...]
    api: str
    from_: LevelOrNone
    to: LevelOrNone
    via: tuple[str, ...]
    until: Day
    ending: Ending
    reason: str | None
    place: Source | None


class ForecastSummary(msgspec.Struct, frozen=True):
    """The numbers of people who lose access, of APIs, and of days."""

    people: int
    apis: int
    days: int


class Forecast(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Who loses access after the day `from` and until the end of the day `until`, if nothing changes.

    `delegated` lists teams that lose access and whose members are not in the files.
    """

    source: Literal["files", "portal"]
    from_: Day
    until: Day
    summary: ForecastSummary
    rows: tuple[ForecastRow, ...]
    delegated: tuple[str, ...]
    format: str = FORMAT
