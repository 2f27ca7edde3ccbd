"""A plan that fits into no comment: counts, the worst rows, and where all of it is to be read."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.finding import Severity
from reconciler.model.plan import Plan
from reconciler.render.locations import worst_first
from reconciler.render.markdown.comment_frame import counts, foot, heading, joined, marker, notices
from reconciler.render.markdown.escaping import code, table
from reconciler.render.markdown.findings import listed as findings
from reconciler.render.markdown.people import People
from reconciler.render.markdown.risks import risks
from reconciler.render.text.style import counted

_SOME: Final = (100, 40, 15, 5, 1, 0)
# A name in a list is in one line; a row with more of them is read elsewhere.
_NAMES: Final = 20


class Elsewhere(NamedTuple):
    """Links to the plan as a page, to the list of all in parts, and to the job; empty where there is none."""

    page: str = ""
    parts: str = ""
    job: str = ""


def brief(made: Plan, people: People, link: str, largest: int, elsewhere: Elsewhere) -> str:
    """Return as much of a plan as fits: of each list the first entries, which are the worst, and counts."""
    text = ""
    for most in _SOME:
        text = joined(
            [
                [marker(made.portal)],
                [heading(made)],
                [_notice(made)],
                _links(elsewhere),
                counts(made),
                *notices(made),
                _denied(made, link, most),
                _first(risks(made), most),
                people.gaining("Who gains access", most, _NAMES, of_all=True),
                people.losing("Who loses access", most, _NAMES),
                _counted("Partner", made, _partner, most),
                _counted("API", made, _api, most),
                [foot(made)],
            ]
        )
        if len(text) <= largest:
            break
    return text


def _notice(made: Plan) -> str:
    if made.allowed:
        return "⚠️ Not all of it fits into this comment. Its digest was let through."
    return (
        "⛔ **Not all of it fits into this comment, so the check fails** until this plan is let through: read"
        f" all of it, put {code(made.digest)} under `guard.allow` on the base branch, and plan again."
    )


def _links(elsewhere: Elsewhere) -> list[str]:
    links = [
        ("all of it as a page", elsewhere.page),
        ("the list in parts", elsewhere.parts),
        ("the job", elsewhere.job),
    ]
    shown = [f"[{title}]({address})" for title, address in links if address]
    return [f"Where to read it: {', '.join(shown)}."] if shown else []


def _denied(made: Plan, link: str, most: int) -> list[str]:
    denied = [each for each in worst_first(made.findings) if each.severity is Severity.ERROR]
    if not denied:
        return []
    return [f"**Denied by {counted(len(denied), 'error')}**", "", *findings(denied, link, most)]


def _first(lines: Sequence[str], most: int) -> list[str]:
    left = len(lines) - most
    return [*lines[:most], *([f"- … and {left:,} more"] if left > 0 else [])]


def _partner(row: AccessChange) -> str:
    return row.team.partition("/")[0] if row.team else "single people"


def _api(row: AccessChange) -> str:
    return row.api


class _Numbers(NamedTuple):
    """Who gains and who loses something."""

    gaining: set[str]
    losing: set[str]


def _counted(title: str, made: Plan, of: Callable[[AccessChange], str], most: int) -> list[str]:
    """Return how many people gain and lose access for each partner or API, those with most people first."""
    numbers: dict[str, _Numbers] = {}
    for changes, place in ((made.access.gained, 0), (made.access.lost, 1)):
        for change in changes:
            numbers.setdefault(of(change), _Numbers(set(), set()))[place].update(change.people)
    if not numbers:
        return []
    ordered = sorted(numbers, key=lambda name: (-sum(map(len, numbers[name])), name))
    rows = [[code(name), *(f"{len(each):,}" for each in numbers[name])] for name in ordered[:most]]
    left = len(ordered) - len(rows)
    more = [f"\n… and {left:,} more"] if left else []
    return [*(table([title, "Gain access", "Lose access"], rows) if rows else []), *more]
