"""The summary of a plan: a verdict, a few sentences, and totals."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.counting import counted
from reconciler.model.plan import Plan
from reconciler.model.plan_status import PlanStatus, headline, status
from reconciler.render.html.markup import Markup, joined, sign, tag
from reconciler.render.notices import INCOMPLETE, names_in_portal, selection

_NAMED: Final = 3


class Verdict(NamedTuple):
    """A plan in one line: a sign, the meaning of the sign, the headline, and the CSS class."""

    sign: str
    meaning: str
    words: str
    css_class: str


_SIGNS: Final[dict[PlanStatus, tuple[str, str, str]]] = {
    "undecided": ("?", "Not decided", "other"),
    "denied": ("×", "Denied", "lost"),  # noqa: RUF001  a cross
    "empty": ("=", "No changes", "other"),
    "high": ("▲", "High risk", "lost"),
    "medium": ("◆", "Medium risk", "warn"),
    "low": ("●", "Low risk", "gained"),
}


def verdict(plan: Plan) -> Verdict:
    """Return the verdict that a reviewer sees first."""
    return Verdict(*_SIGNS[status(plan)][:2], headline(plan), _SIGNS[status(plan)][2])


def sentences(plan: Plan) -> Markup:
    """Return a paragraph about gained and lost access, and invitations."""
    if not plan.complete:
        return tag("p", INCOMPLETE)
    if not plan.changes:
        return tag("p", "No changes in the portal.")
    parts = [_sentence(plan.access.gained, "gains", "gain"), _sentence(plan.access.lost, "loses", "lose")]
    if not any(parts):
        parts = ["Nobody gains or loses access."]
    invited = sum(change.kind == "membership" and change.action == "create" for change in plan.changes)
    if invited:
        added = counted(invited, "person is", "people are")
        parts.append(f"{added} added; people without an account get an e-mail invitation.")
    names = names_in_portal(plan, '"{}"'.format)
    notices = [*selection(plan), *filter(None, [names])]
    return joined([tag("p", " ".join(filter(None, parts))), *(tag("p", each) for each in notices)])


def counts(plan: Plan) -> Markup:
    """Return the totals: people, then changes, then unchanged objects."""
    summary = plan.summary
    listed = [
        (summary.people_gaining, counted(summary.people_gaining, "person gains", "people gain"), "gained"),
        (summary.people_losing, counted(summary.people_losing, "person loses", "people lose"), "lost"),
        (summary.create, "to create", ""),
        (summary.update, "to update", ""),
        (summary.delete, "to delete", ""),
        *([(summary.adopt, "to adopt", "")] if summary.adopt else []),
        (summary.unchanged, "unchanged", "muted"),
        *([(summary.unmanaged, "not managed here", "muted")] if summary.unmanaged else []),
        *([(summary.drift, "drifted", "muted")] if summary.drift else []),
    ]
    return tag("dl", *(_count(*each) for each in listed), class_="counts")


def _count(number: int, what: str, css_class: str) -> Markup:
    words = what.removeprefix(f"{number:,} ")
    painted = css_class if number or css_class == "muted" else "muted"
    return tag("div", tag("dt", words), tag("dd", f"{number:,}"), class_=painted or None)


def _sentence(rows: Sequence[AccessChange], one: str, many: str) -> str:
    """Return a sentence about who, in which teams, gains or loses access to which APIs."""
    if not rows:
        return ""
    people = {person for row in rows for person in row.people}
    teams = sorted({row.team for row in rows if row.team is not None})
    apis = sorted({row.api for row in rows})
    where = f" in {_few(teams, 'team')}" if teams else ""
    who = counted(len(people), "person", "people") if people else "Nobody yet"
    return f"{who}{where} {one if len(people) < 2 else many} access to {_few(apis, 'API')}."  # noqa: PLR2004  one


def _few(names: Sequence[str], noun: str) -> str:
    """Return up to three names, or the number of more names."""
    if len(names) > _NAMED:
        return counted(len(names), noun)
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def heading(plan: Plan) -> Markup:
    """Return the heading of the page, with the portal, scope and day of the plan."""
    found = verdict(plan)
    where = tag("p", joined(["Access on ", plan.portal, ", ", plan.scope, ", ", plan.today]), class_="where")
    # Do not repeat the meaning if the headline already has it.
    is_said = found.words.startswith(found.meaning)
    hidden = tag("span", found.sign, class_="sign", aria_hidden="true")
    mark = hidden if is_said else sign(found.sign, found.meaning)
    return joined([where, tag("h1", mark, found.words, class_=found.css_class)])
