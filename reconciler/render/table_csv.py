"""CSV for spreadsheets: access reports, forecasts and inventories."""

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
# Spreadsheets interpret cells that begin with these characters as formulas.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def access(report: AccessReport) -> str:
    """Return the rows; an apostrophe prevents that a spreadsheet interprets a cell as a formula."""
    return _table(
        _ACCESS,
        (
            (row.person, row.state, row.role, row.team, row.api, row.level, " ".join(row.via), row.until)
            for row in report.rows
        ),
    )


def forecast(forecast: Forecast) -> str:
    """Return one row per person, day, API and path, or per team if its members are unknown."""
    return _table(
        _FORECAST,
        (
            (
                *(row.day, person, row.partner, row.team, row.api, row.from_, row.to),
                *(" ".join(row.via), row.until, row.ending, row.reason),
            )
            for row in forecast.rows
            for person in row.people or (None,)
        ),
    )


def inventory(inventory: Inventory) -> str:
    """Return one row per object, with the columns of all types."""
    return _table(
        _INVENTORY,
        (
            (
                *(row.name, row.display_name, row.type, row.owner, row.status, row.until),
                *(" ".join(row.partners), *map(str, (row.teams, row.people, row.active, row.apis))),
            )
            for row in inventory.rows
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\n")
    table.writerow(head)
    for row in rows:
        table.writerow([_harmless(cell or "") for cell in row])
    return output.getvalue()


def _harmless(cell: str) -> str:
    return f"'{printable(cell)}" if cell.startswith(_FORMULA) else printable(cell)
