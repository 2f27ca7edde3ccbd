"""Access changes as JSON for the script of the page: each name once, then indexes."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from reconciler.model.access import LEVELS, AccessChange, Impact
from reconciler.model.printable import printable
from reconciler.render.grouping import names_on_path
from reconciler.render.html.markup import Markup

# Characters that could end the script element; json.dumps escapes non-ASCII characters.
_ESCAPED: Final = {ord(each): f"\\u{ord(each):04x}" for each in "<>&"}
Name = TypeVar("Name")


def data(effect: Impact) -> Markup:
    """Return an escaped JSON data block, which browsers do not execute."""
    rows = [*effect.lost, *effect.gained]
    names = _Names(rows)
    document = {
        "apis": list(map(printable, names.apis)),
        "teams": list(map(printable, names.teams)),
        "people": list(map(printable, names.people)),
        "peopleSets": [[names.people[person] for person in people] for people in names.people_sets],
        "vias": [list(map(printable, names_on_path(via))) for via in names.vias],
        "ends": list(map(printable, names.ends)),
        "steps": [names.numbers(row) for row in rows],
    }
    return Markup(f'<script type="application/json" id="data">{_json(document)}</script>')


class _Names:
    """The names in rows, each with its index."""

    def __init__(self, rows: Sequence[AccessChange]) -> None:
        self.apis = _indexes(sorted({row.api for row in rows}))
        self.teams = _indexes(sorted({row.team for row in rows if row.team is not None}))
        self.people = _indexes(sorted({person for row in rows for person in row.people}))
        self.people_sets = _indexes(row.people for row in rows)
        self.vias = _indexes(row.via for row in rows)
        ends = {end for row in rows for end in (row.until, row.remaining_until) if end is not None}
        self.ends = _indexes(sorted(ends))

    def numbers(self, row: AccessChange) -> list[int]:
        """Return the indexes of API, levels before and after, team, people, path and last days; -1 is none.

        The last days are those of the path, and of the level that remains after a loss.
        """
        return [
            self.apis[row.api],
            LEVELS[row.from_],
            LEVELS[row.to],
            -1 if row.team is None else self.teams[row.team],
            self.people_sets[row.people],
            self.vias[row.via],
            *(-1 if end is None else self.ends[end] for end in (row.until, row.remaining_until)),
        ]


def _indexes(names: Iterable[Name]) -> dict[Name, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _json(document: Any) -> str:
    return json.dumps(document, separators=(",", ":")).translate(_ESCAPED)
