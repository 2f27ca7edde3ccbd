"""Group the rows of a forecast that have the same day, people and reason."""

from collections.abc import Sequence

import msgspec

from reconciler.model.forecast import ForecastRow
from reconciler.render.grouping import names_on_path, objects_on_path


class Loss(msgspec.Struct, frozen=True):
    """The APIs that people lose on a day. `row` is one of the grouped rows, which differ only in the API."""

    row: ForecastRow
    apis: tuple[str, ...]

    @property
    def reason(self) -> str:
        """What expires, with the documented reason if there is one; not escaped."""
        row = self.row
        if row.ending == "partner":
            return f"partner {row.partner} expires"
        if row.ending == "membership":
            return "membership expires" if len(row.people) == 1 else "memberships expire"
        group, *_ = names_on_path(row.via) or [""]
        return (f"access group {group} expires" if group else "API grant expires") + (
            f' ("{row.reason}")' if row.reason else ""
        )


def losses(rows: Sequence[ForecastRow]) -> list[Loss]:
    """Return the grouped rows, sorted by day, team (individual people last) and people."""
    groups: dict[object, tuple[ForecastRow, list[str]]] = {}
    for row in rows:
        key = (
            row.day,
            row.team,
            row.people,
            row.from_,
            row.to,
            objects_on_path(row.via)[:1],
            row.ending,
            row.place,
        )
        _, apis = groups.setdefault(key, (row, []))
        if row.api not in apis:
            apis.append(row.api)
    grouped = [Loss(row, tuple(apis)) for row, apis in groups.values()]
    return sorted(
        grouped, key=lambda loss: (loss.row.day, loss.row.team is None, loss.row.team, loss.row.people)
    )
