"""The risks that every format lists for reviewers, by rank; long lists of the same rule are summarized."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from reconciler.model.counting import counted
from reconciler.model.kinds import partner_of
from reconciler.model.plan import Plan
from reconciler.model.risk import Rank, Risk
from reconciler.render.new_objects import NewObjects

TITLES: Final[dict[str, str]] = {
    "access-opened": "Access opened",
    "foreign-api": "API of another owner",
    "lookalike": "Lookalike name",
    "delegation-begins": "Delegation enabled",
    "offer-widened": "Offer widened",
    "visibility-widened": "Visibility widened",
    "setting-loosened": "Setting loosened",
    "api-owner": "API owner changed",
    "level-raised": "Access level raised",
    "new-admin": "New admin",
    "new-domain": "New e-mail domain",
    "end-moved-out": "Access extended",
    "many-people": "Many people",
    "unblocked": "Unblocked",
    "resumed": "Resumed",
    "new-owner": "Owner changed",
    "new-type": "Type changed",
    "taken-over": "Moved to another partner",
    "adopted": "Adopted",
    "exception": "Rule exception",
    "setting-changed": "Setting changed",
    "removed": "Removed",
    "expired": "Expired",
    "level-lowered": "Access level lowered",
    "end-brought-forward": "Access shortened",
    "admin-removed": "Admin removed",
    "blocked": "Blocked",
    "suspended": "Suspended",
    "delegation-ends": "Delegation disabled",
    "visibility-narrowed": "Visibility narrowed",
    "offer-narrowed": "Offer narrowed",
    "exception-removed": "Rule exception removed",
    "setting-tightened": "Setting tightened",
}
# Also shown by the changes and the lists of lost access; a long list of one rule is cut.
_SHOWN_ELSEWHERE: Final = frozenset({"removed", "expired", "level-lowered", "adopted", "admin-removed"})
_NAMED: Final = 10
# Normal for each new partner; summarized if there are many.
_SUMMARIZED: Final = {"new-admin": "admin", "new-domain": "e-mail domain"}


class Line(NamedTuple):
    """A line of the list: rank, title, and a sentence with names in backticks."""

    rank: Rank
    title: str
    message: str


def lines(plan: Plan) -> list[Line]:
    """Return the risks, the highest first; many of the same rule for new partners are summarized."""
    new = NewObjects(plan).partners
    return [
        line
        for rule, risks in groupby(plan.risks, key=lambda risk: risk.rule)
        for line in _of_rule(rule, list(risks), new)
    ]


def title(rule: str) -> str:
    """Return the title of a risk rule; for an unknown rule, its id."""
    return TITLES.get(rule, rule)


def _of_rule(rule: str, risks: list[Risk], new: frozenset[str]) -> Iterator[Line]:
    if rule in _SUMMARIZED:
        for_new_partners = [risk for risk in risks if partner_of(risk.subject) in new]
        risks = [risk for risk in risks if partner_of(risk.subject) not in new]
        yield from _line_each(risks)
        yield from (
            _line_each(for_new_partners)
            if len(for_new_partners) <= _NAMED
            else [_count(rule, for_new_partners)]
        )
    elif rule in _SHOWN_ELSEWHERE:
        yield from _line_each(risks[:_NAMED])
        if len(risks) > _NAMED:
            yield Line(risks[0].rank, title(rule), f"and {len(risks) - _NAMED:,} more")
    else:
        yield from _line_each(risks)


def _line_each(risks: Iterable[Risk]) -> list[Line]:
    return [Line(risk.rank, title(risk.rule), risk.message) for risk in risks]


def _count(rule: str, risks: list[Risk]) -> Line:
    number = sum(max(1, len(risk.people)) for risk in risks)
    partners = len({partner_of(risk.subject) for risk in risks})
    what = f"{counted(number, _SUMMARIZED[rule])} of {counted(partners, 'new partner')}"
    return Line(risks[0].rank, title(rule), what)
