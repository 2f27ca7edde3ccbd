"""The summary of a plan that is too large for a comment: counts, the first rows, and links."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.approval import OwnerApproval
from reconciler.model.counting import counted
from reconciler.model.finding import Severity
from reconciler.model.ids import split_team
from reconciler.model.plan import Plan
from reconciler.render.locations import by_severity
from reconciler.render.markdown.approvals import approvals as approvals_table
from reconciler.render.markdown.comment_frame import counts, foot, heading, joined, marker, notices
from reconciler.render.markdown.escaping import code, table
from reconciler.render.markdown.findings import listed as findings
from reconciler.render.markdown.people import People
from reconciler.render.markdown.risks import risks

_LIMITS: Final = (100, 40, 15, 5, 1, 0)
# The number of names in a row; the full plan has all of them.
_NAMES: Final = 20


class Elsewhere(NamedTuple):
    """Links to the full plan as a page, as a list in parts, and to the job log; empty if there is none."""

    page: str = ""
    parts: str = ""
    job: str = ""


def brief(
    plan: Plan,
    people: People,
    link: str,
    largest: int,
    elsewhere: Elsewhere,
    approvals: Sequence[OwnerApproval] = (),
) -> str:
    """Return as much of a plan as fits: counts, and the first entries of each list, sorted by severity."""
    text = ""
    for most in _LIMITS:
        text = joined(
            [
                [marker(plan.portal)],
                [heading(plan)],
                [_notice(plan)],
                _links(elsewhere),
                counts(plan),
                *notices(plan),
                _denied(plan, link, most),
                _limited(risks(plan), most),
                people.gaining("Who gains access", most, _NAMES, of_all=True),
                people.losing("Who loses access", most, _NAMES),
                ["**Approvals**", "", *approvals_table(approvals, most)] if approvals else [],
                _count_table("Partner", plan, _partner, most),
                _count_table("API", plan, _api, most),
                [foot(plan)],
            ]
        )
        if len(text) <= largest:
            break
    return text


def _notice(plan: Plan) -> str:
    if plan.allowed:
        return "⚠️ This plan is too large for a comment. Its digest is allowed in `guard.allow`."
    return (
        "⛔ **This plan is too large for a comment, so the check fails** until the plan is allowed: review"
        f" the full plan, add {code(plan.digest)} to `guard.allow` on the base branch, and plan again."
    )


def _links(elsewhere: Elsewhere) -> list[str]:
    links = [
        ("HTML page", elsewhere.page),
        ("list in parts", elsewhere.parts),
        ("job log", elsewhere.job),
    ]
    shown = [f"[{title}]({address})" for title, address in links if address]
    return [f"Full plan: {', '.join(shown)}."] if shown else []


def _denied(plan: Plan, link: str, most: int) -> list[str]:
    denied = [each for each in by_severity(plan.findings) if each.severity is Severity.ERROR]
    if not denied:
        return []
    return [f"**Denied by {counted(len(denied), 'error')}**", "", *findings(denied, link, most)]


def _limited(lines: Sequence[str], most: int) -> list[str]:
    left = len(lines) - most
    return [*lines[:most], *([f"- … and {left:,} more"] if left > 0 else [])]


def _partner(row: AccessChange) -> str:
    return split_team(row.team)[0] if row.team else "individual people"


def _api(row: AccessChange) -> str:
    return row.api


class _Numbers(NamedTuple):
    """The people who gain and who lose access."""

    gaining: set[str]
    losing: set[str]


def _count_table(title: str, plan: Plan, of: Callable[[AccessChange], str], most: int) -> list[str]:
    """Return the number of people who gain and lose access by partner or API, the largest first."""
    numbers: dict[str, _Numbers] = {}
    for changes, place in ((plan.access.gained, 0), (plan.access.lost, 1)):
        for change in changes:
            numbers.setdefault(of(change), _Numbers(set(), set()))[place].update(change.people)
    if not numbers:
        return []
    ordered = sorted(numbers, key=lambda name: (-sum(map(len, numbers[name])), name))
    rows = [[code(name), *(f"{len(each):,}" for each in numbers[name])] for name in ordered[:most]]
    left = len(ordered) - len(rows)
    more = [f"\n… and {left:,} more"] if left else []
    return [*(table([title, "Gain access", "Lose access"], rows) if rows else []), *more]
