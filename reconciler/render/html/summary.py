"""What a plan comes to: a verdict, one or two plain sentences, and numbers."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reconciler.model.access import AccessChange
from reconciler.model.plan import Plan
from reconciler.model.plan_status import PlanStatus, headline, status
from reconciler.render.html.markup import Markup, joined, sign, tag
from reconciler.render.notices import INCOMPLETE
from reconciler.render.text.style import counted

_NAMED: Final = 3


class Verdict(NamedTuple):
    """A plan in a line: a sign, what the sign means, the facts, and the class it is painted by."""

    sign: str
    meaning: str
    words: str
    sort: str


_SIGNS: Final[dict[PlanStatus, tuple[str, str, str]]] = {
    "undecided": ("?", "Not decided", "other"),
    "denied": ("×", "Denied", "lost"),  # noqa: RUF001  a cross
    "empty": ("=", "No changes", "other"),
    "high": ("▲", "High risk", "lost"),
    "medium": ("◆", "Medium risk", "warn"),
    "low": ("●", "Low risk", "gained"),
}


def verdict(made: Plan) -> Verdict:
    """Return what a reviewer has to know if nothing else."""
    return Verdict(*_SIGNS[status(made)][:2], headline(made), _SIGNS[status(made)][2])


def sentences(made: Plan) -> Markup:
    """Return a paragraph of who loses and gains what, and which mails go out."""
    if not made.complete:
        return tag("p", INCOMPLETE)
    if not made.changes:
        return tag("p", "Nothing changes in the portal.")
    said = [_told(made.access.gained, "gains", "gain"), _told(made.access.lost, "loses", "lose")]
    if not any(said):
        said = ["Nobody gains or loses access."]
    invited = sum(change.kind == "membership" and change.action == "create" for change in made.changes)
    if invited:
        added = counted(invited, "person is", "people are")
        said.append(f"{added} added; people without an account get an e-mail invitation.")
    return tag("p", " ".join(filter(None, said)))


def counts(made: Plan) -> Markup:
    """Return the numbers: people first, then changes, then what is left alone."""
    summary = made.summary
    listed = [
        (summary.people_gaining, counted(summary.people_gaining, "person gains", "people gain"), "gained"),
        (summary.people_losing, counted(summary.people_losing, "person loses", "people lose"), "lost"),
        (summary.create, "to create", ""),
        (summary.update, "to change", ""),
        (summary.delete, "to delete", ""),
        *([(summary.adopt, "to take over", "")] if summary.adopt else []),
        (summary.unchanged, "unchanged", "still"),
        *([(summary.unmanaged, "not managed here", "still")] if summary.unmanaged else []),
        *([(summary.drift, "drifted", "still")] if summary.drift else []),
    ]
    return tag("dl", *(_count(*each) for each in listed), class_="counts")


def _count(number: int, what: str, sort: str) -> Markup:
    words = what.removeprefix(f"{number:,} ")
    painted = sort if number or sort == "still" else "still"
    return tag("div", tag("dt", words), tag("dd", f"{number:,}"), class_=painted or None)


def _told(rows: Sequence[AccessChange], one: str, many: str) -> str:
    """Return who, in which teams, gains or loses which APIs."""
    if not rows:
        return ""
    people = {person for row in rows for person in row.people}
    teams = sorted({row.team for row in rows if row.team is not None})
    apis = sorted({row.api for row in rows})
    where = f" in {_few(teams, 'team')}" if teams else ""
    who = counted(len(people), "person", "people") if people else "Nobody yet"
    return f"{who}{where} {one if len(people) < 2 else many} access to {_few(apis, 'API')}."  # noqa: PLR2004  one


def _few(names: Sequence[str], noun: str) -> str:
    """Return the names where they are few, else how many there are."""
    if len(names) > _NAMED:
        return counted(len(names), noun)
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def heading(made: Plan) -> Markup:
    """Return the page's heading, with the portal and the day that the plan is for."""
    found = verdict(made)
    where = tag("p", joined(["Access on ", made.portal, ", ", made.scope, ", ", made.today]), class_="where")
    # What the words say already is not said again.
    is_said = found.words.startswith(found.meaning)
    hidden = tag("span", found.sign, class_="sign", aria_hidden="true")
    mark = hidden if is_said else sign(found.sign, found.meaning)
    return joined([where, tag("h1", mark, found.words, class_=found.sort)])
