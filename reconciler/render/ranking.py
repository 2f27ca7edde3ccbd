"""In which order rows of gained access are shown: by the risks that they are part of, the highest first."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.access import AccessChange
from reconciler.model.plan import Plan
from reconciler.model.risk import RANKS
from reconciler.render.grouping import What, Who, alike, place

_NONE: Final = len(RANKS)


class Ranking:
    """The risks of a plan, by the API that they are about."""

    def __init__(self, made: Plan) -> None:
        self._by_api: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for risk in made.risks:
            kind, _, api = risk.subject.partition("/")
            if kind == "api":
                self._by_api.setdefault(api, []).append((RANKS.index(risk.rank), frozenset(risk.people)))

    def together(self, rows: Sequence[AccessChange]) -> dict[Who, dict[What, list[str]]]:
        """Return, for each team and people, what they gain alike; whose risk is highest comes first."""
        ranks: dict[Who, int] = {}
        for row in rows:
            who = row.team, row.people
            ranks[who] = min(ranks.get(who, _NONE), self._of(row))
        found = alike(rows)
        return {who: found[who] for who in sorted(found, key=lambda each: (ranks[each], place(each)))}

    def _of(self, row: AccessChange) -> int:
        found = self._by_api.get(row.api, ())
        return min(
            (rank for rank, people in found if not row.people or not people.isdisjoint(row.people)),
            default=_NONE,
        )
