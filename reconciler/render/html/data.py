"""Who gains and who loses access, for the script of the page: every name once, then numbers."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from reconciler.model.access import LEVELS, AccessChange, Impact
from reconciler.model.printable import printable
from reconciler.render.html.markup import Markup

# What could end the script element; whatever is not ASCII is escaped anyway.
_ESCAPED: Final = {ord(each): f"\\u{ord(each):04x}" for each in "<>&"}
Name = TypeVar("Name")


def data(effect: Impact) -> Markup:
    """Return a block of JSON that no browser runs and no text gets out of."""
    rows = [*effect.lost, *effect.gained]
    names = _Names(rows)
    document = {
        "apis": list(map(printable, names.apis)),
        "teams": list(map(printable, names.teams)),
        "people": list(map(printable, names.people)),
        "crowds": [[names.people[person] for person in crowd] for crowd in names.crowds],
        "vias": [[printable(each.partition("/")[2]) for each in via] for via in names.vias],
        "ends": list(map(printable, names.ends)),
        "steps": [names.numbers(row) for row in rows],
    }
    return Markup(f'<script type="application/json" id="data">{_json(document)}</script>')


class _Names:
    """The names in rows, each with its number; what is missing has -1."""

    def __init__(self, rows: Sequence[AccessChange]) -> None:
        self.apis = _numbered(sorted({row.api for row in rows}))
        self.teams = _numbered(sorted({row.team for row in rows if row.team is not None}))
        self.people = _numbered(sorted({person for row in rows for person in row.people}))
        self.crowds = _numbered(row.people for row in rows)
        self.vias = _numbered(row.via for row in rows)
        self.ends = _numbered(sorted({row.until for row in rows if row.until is not None}))

    def numbers(self, row: AccessChange) -> list[int]:
        """Return a row: API, level before, level after, team, crowd, via, end."""
        return [
            self.apis[row.api],
            LEVELS[row.from_],
            LEVELS[row.to],
            -1 if row.team is None else self.teams[row.team],
            self.crowds[row.people],
            self.vias[row.via],
            -1 if row.until is None else self.ends[row.until],
        ]


def _numbered(names: Iterable[Name]) -> dict[Name, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _json(document: Any) -> str:
    return json.dumps(document, separators=(",", ":")).translate(_ESCAPED)
