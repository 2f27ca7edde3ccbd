"""Rows of a forecast that belong together: the same people, who lose APIs on a day for the same reason."""

from collections.abc import Sequence

import msgspec

from reconciler.model.forecast import ForecastRow


class Loss(msgspec.Struct, frozen=True):
    """APIs that some people lose on a day; `row` is one of their rows, which differ in the API alone."""

    row: ForecastRow
    apis: tuple[str, ...]

    @property
    def reason(self) -> str:
        """What ends, in words, with the reason that was given for it; not escaped."""
        row = self.row
        if row.ending == "partner":
            return f"partner {row.partner} ends"
        if row.ending == "membership":
            return "the membership ends" if len(row.people) == 1 else "their memberships end"
        group = row.via[0].partition("/")[2]
        return f"access group {group} ends" + (f' ("{row.reason}")' if row.reason else "")


def losses(rows: Sequence[ForecastRow]) -> list[Loss]:
    """Return the rows gathered over their APIs: by day, team (single people last) and people."""
    gathered: dict[object, tuple[ForecastRow, list[str]]] = {}
    for row in rows:
        same = (row.day, row.team, row.people, row.from_, row.to, row.via[0], row.ending, row.place)
        _, apis = gathered.setdefault(same, (row, []))
        if row.api not in apis:
            apis.append(row.api)
    found = [Loss(row, tuple(apis)) for row, apis in gathered.values()]
    return sorted(
        found, key=lambda loss: (loss.row.day, loss.row.team is None, loss.row.team, loss.row.people)
    )
