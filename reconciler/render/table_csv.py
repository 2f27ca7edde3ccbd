"""CSV for spreadsheets: who reaches what, a row a person, API and path."""

import csv
import io
from typing import Final

from reconciler.model.access import AccessReport
from reconciler.model.visible import visible

_HEAD: Final = ("person", "state", "role", "team", "api", "level", "via", "until")
# A spreadsheet computes what begins with these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def access(report: AccessReport) -> str:
    """Return the rows; cells that a spreadsheet would compute begin with an apostrophe."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(_HEAD)
    for row in report.rows:
        table.writerow(
            map(
                _harmless,
                (
                    row.person,
                    row.state or "",
                    row.role or "",
                    row.team or "",
                    row.api,
                    row.level,
                    " ".join(row.via),
                    row.until or "",
                ),
            )
        )
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{visible(cell)}" if cell.startswith(_FORMULA) else visible(cell)
