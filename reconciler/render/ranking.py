"""Order groups of gained access by their highest risk."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.access import AccessChange
from reconciler.model.ids import split_id
from reconciler.model.plan import Plan
from reconciler.model.risk import RANKS
from reconciler.render.grouping import What, Who, group_access, sort_key

_NONE: Final = len(RANKS)


class Ranking:
    """The risks of a plan, indexed by the API that they concern."""

    def __init__(self, plan: Plan) -> None:
        self._by_api: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for risk in plan.risks:
            kind, api = split_id(risk.subject)
            if kind == "api":
                self._by_api.setdefault(api, []).append((RANKS.index(risk.rank), frozenset(risk.people)))

    def group(self, rows: Sequence[AccessChange]) -> dict[Who, dict[What, list[str]]]:
        """Group the rows by team and people, the highest risk first."""
        ranks: dict[Who, int] = {}
        for row in rows:
            who = row.team, row.people
            ranks[who] = min(ranks.get(who, _NONE), self._rank(row))
        grouped = group_access(rows)
        return {who: grouped[who] for who in sorted(grouped, key=lambda each: (ranks[each], sort_key(each)))}

    def _rank(self, row: AccessChange) -> int:
        risks = self._by_api.get(row.api, ())
        return min(
            (rank for rank, people in risks if not row.people or not people.isdisjoint(row.people)),
            default=_NONE,
        )
