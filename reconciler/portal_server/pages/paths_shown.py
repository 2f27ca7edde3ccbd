"""Paths to APIs as pages show them: one row an API, with each way that leads to it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from reconciler.portal_server.operations.responses import AccessPath, TeamPath
from reconciler.portal_server.pages.visit import Visit
from reconciler.portal_server.values.formats import Level

MOST: Final = 200


class ReachedApi(msgspec.Struct, frozen=True):
    """An API with the highest level, the last day with that level, and the paths to it."""

    api: str
    label: str
    level: Level
    until: str | None
    paths: Sequence[Any]


def by_api(paths: Iterable[AccessPath] | Iterable[TeamPath]) -> list[ReachedApi]:
    """Return a row for each API; the paths are sorted by API."""
    return [_row(list(group)) for _, group in groupby(paths, key=lambda path: path.api)]


class Reached(msgspec.Struct, frozen=True):
    """The APIs on a page: those that match the search, of which the first are shown, of a total."""

    search: str
    found: int
    shown: Sequence[ReachedApi]
    total: int


def reached(visit: Visit, paths: Iterable[AccessPath] | Iterable[TeamPath]) -> Reached:
    """Return what a page shows of these paths; it has a search for APIs."""
    rows = by_api(paths)
    search = visit.query.get("search", "").strip()
    found = _matching(rows, search)
    return Reached(search, len(found), found[:MOST], len(rows))


def _matching(rows: Sequence[ReachedApi], search: str) -> list[ReachedApi]:
    """Return the rows whose API has a text in its name."""
    wanted = search.casefold()
    return [row for row in rows if wanted in f"{row.api} {row.label}".casefold()]


def _row(paths: Sequence[Any]) -> ReachedApi:
    levels = {path.level for path in paths}
    level: Level = "consume" if "consume" in levels else "view"
    ends = [path.until for path in paths if path.level == level]
    until = None if None in ends else max(ends)
    return ReachedApi(paths[0].api, paths[0].api_display_name, level, until, paths)
