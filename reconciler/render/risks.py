"""What a reviewer has to look at, as every format lists it: by rank, long lists of one rule counted."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank, Risk
from reconciler.render.new_objects import Created

TITLES: Final[dict[str, str]] = {
    "access-opened": "Opened",
    "foreign-api": "API of another owner",
    "lookalike": "Lookalike",
    "delegation-begins": "Delegation begins",
    "offer-widened": "Offer",
    "visibility-widened": "More visible",
    "setting-loosened": "Configuration",
    "api-owner": "Owner of an API",
    "level-raised": "Level raised",
    "new-admin": "New admin",
    "new-domain": "New e-mail domain",
    "end-moved-out": "Ends later",
    "many-people": "Many people",
    "unblocked": "Unblocked",
    "resumed": "Resumed",
    "new-owner": "New owner",
    "new-type": "New type",
    "taken-over": "Taken over",
    "adopted": "Adopted",
    "exception": "Exception from a rule",
    "setting-changed": "Configuration",
    "removed": "Removed",
    "expired": "Ended by its date",
    "level-lowered": "Level lowered",
    "end-brought-forward": "Ends sooner",
    "admin-removed": "Admin removed",
    "blocked": "Blocked",
    "suspended": "Suspended",
    "delegation-ends": "Delegation ends",
    "visibility-narrowed": "Less visible",
    "offer-narrowed": "Offer",
    "exception-removed": "Exception from a rule",
    "setting-tightened": "Configuration",
}
# What the changes and the people who lose access show as well; more of one rule are counted.
_SHOWN_ELSEWHERE: Final = frozenset({"removed", "expired", "level-lowered", "adopted", "admin-removed"})
_NAMED: Final = 10
# What comes with each partner that is created.
_FOLDED: Final = {"new-admin": "admin", "new-domain": "e-mail domain"}


class Line(NamedTuple):
    """A line of the list: its rank, its title, and a sentence with names in backticks."""

    rank: Rank
    title: str
    message: str


def lines(made: Plan) -> list[Line]:
    """Return the risks, the highest first; those that only come with new partners are counted if many."""
    new = Created(made).partners
    return [
        line
        for rule, alike in groupby(made.risks, key=lambda risk: risk.rule)
        for line in _of_rule(rule, list(alike), new)
    ]


def title(rule: str) -> str:
    """Return what people call a risk of this rule; of one that is not known here, the rule."""
    return TITLES.get(rule, rule)


def _of_rule(rule: str, alike: list[Risk], new: frozenset[str]) -> Iterator[Line]:
    if rule in _FOLDED:
        coming = [risk for risk in alike if _partner(risk) in new]
        alike = [risk for risk in alike if _partner(risk) not in new]
        yield from _line_each(alike)
        yield from _line_each(coming) if len(coming) <= _NAMED else [_count(rule, coming)]
    elif rule in _SHOWN_ELSEWHERE:
        yield from _line_each(alike[:_NAMED])
        if len(alike) > _NAMED:
            yield Line(alike[0].rank, title(rule), f"and {len(alike) - _NAMED:,} more")
    else:
        yield from _line_each(alike)


def _line_each(alike: Iterable[Risk]) -> list[Line]:
    return [Line(risk.rank, title(risk.rule), risk.message) for risk in alike]


def _count(rule: str, alike: list[Risk]) -> Line:
    number = sum(max(1, len(risk.people)) for risk in alike)
    partners = len({_partner(risk) for risk in alike})
    return Line(alike[0].rank, title(rule), f"{number:,} {_FOLDED[rule]}s of {partners:,} new partners")


def _partner(risk: Risk) -> str:
    return risk.subject.split("/")[1] if "/" in risk.subject else ""
