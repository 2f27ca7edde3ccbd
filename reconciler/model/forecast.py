"""Forecast: who loses access on which day, because something ends."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.access import LevelOrNone
from reconciler.model.finding import Source
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-forecast/1.0"

Ending: TypeAlias = Literal["partner", "grant", "membership"]


class ForecastRow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """People whose highest level for one API changes on a day, under one path.

    `day` is the first day with the new level, `until` the last one with the old. `ending` is what ends: the
    whole partner, a grant, or the membership of each of the people. `reason` is the one that was given for
    the grant, and `place` where the end is in a file; None where there is none.
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
    """How many people lose access to how many APIs, and on how many days."""

    people: int
    apis: int
    days: int


class Forecast(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Who loses access after the day `from`, up to and on the day `until`, by what is known now.

    `delegated` names teams that lose access, and whose members the files do not know.
    """

    source: Literal["files", "portal"]
    from_: Day
    until: Day
    summary: ForecastSummary
    rows: tuple[ForecastRow, ...]
    delegated: tuple[str, ...]
    format: str = FORMAT
