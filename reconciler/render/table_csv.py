"""CSV for spreadsheets: who reaches what, who loses it when, and lists of objects."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.access import AccessReport
from reconciler.model.forecast import Forecast
from reconciler.model.inventory import Inventory
from reconciler.model.printable import printable

_ACCESS: Final = ("person", "state", "role", "team", "api", "level", "via", "until")
_FORECAST: Final = (
    "day",
    "person",
    "partner",
    "team",
    "api",
    "from",
    "to",
    "via",
    "until",
    "ending",
    "reason",
)
_INVENTORY: Final = (
    *("name", "displayName", "type", "owner", "status", "until"),
    *("partners", "teams", "people", "active", "apis"),
)
# A spreadsheet computes what begins with these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def access(report: AccessReport) -> str:
    """Return the rows; cells that a spreadsheet would compute begin with an apostrophe."""
    return _table(
        _ACCESS,
        (
            (row.person, row.state, row.role, row.team, row.api, row.level, " ".join(row.via), row.until)
            for row in report.rows
        ),
    )


def forecast(made: Forecast) -> str:
    """Return a row a person, day, API and path; a team whose members are unknown has one without a person."""
    return _table(
        _FORECAST,
        (
            (
                *(row.day, person, row.partner, row.team, row.api, row.from_, row.to),
                *(" ".join(row.via), row.until, row.ending, row.reason),
            )
            for row in made.rows
            for person in row.people or (None,)
        ),
    )


def inventory(found: Inventory) -> str:
    """Return a row for each object, in the columns of every sort."""
    return _table(
        _INVENTORY,
        (
            (
                *(row.name, row.display_name, row.type, row.owner, row.status, row.until),
                *(" ".join(row.partners), *map(str, (row.teams, row.people, row.active, row.apis))),
            )
            for row in found.rows
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(head)
    for row in rows:
        table.writerow([_harmless(cell or "") for cell in row])
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{printable(cell)}" if cell.startswith(_FORMULA) else printable(cell)
