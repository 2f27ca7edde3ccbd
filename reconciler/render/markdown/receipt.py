"""A receipt as the comment under a merged pull request: what is live now, or what is left and what helps."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.access import Impact
from reconciler.model.ids import person_of
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.model.receipt import Entry, Receipt
from reconciler.render.markdown.comment_frame import marker
from reconciler.render.markdown.escaping import LARGEST, code, codes, fenced, folded, table
from reconciler.render.markdown.people import People
from reconciler.render.text.receipt import left
from reconciler.render.text.style import counted

_SIGNS: Final = {"failed": "⛔", "unknown": "❓", "skipped": "⏸️"}
_NAMES: Final = 6
# How many entries are listed of what went well or only waited, and of what failed or is unknown.
_LADDER: Final = ((None, None), (200, None), (40, None), (10, None), (0, None), (0, 100), (0, 10), (0, 0))
_AGAIN: Final = "Nothing has to be undone. {first} Then apply again: it plans just what is left."
_MEND: Final = "See to what failed; what was skipped only waited for it."
_LOOK: Final = "What became of a change with ❓ the next plan tells: it reads the portal."


def receipt(
    written: Receipt, made: Plan | None = None, *, largest: int = LARGEST, names: bool = False
) -> str:
    """Return what apply did, in at most `largest` characters, and with the plan who gained and lost access.

    It begins with the marker of the plan's comment, so that it takes its place.
    """
    comment = ""
    for most, worst in _LADDER:
        parts = [
            [marker(written.portal)],
            [_heading(written)],
            _summary(written, made, names=names),
            _left(written, most, worst),
            _what_helps(written),
            _people(made, most, names=names) if made and not _is_incomplete(written) else [],
            _applied(written, most),
            [_foot(written)],
        ]
        comment = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
        if len(comment) <= largest:
            break
    return comment


def _foot(written: Receipt) -> str:
    by = f" by {code(written.applied_by)}" if written.applied_by else ""
    return f"<sub>Plan {code(written.plan)}, applied {written.started} to {written.finished}{by}</sub>"


def _is_incomplete(written: Receipt) -> bool:
    return written.outcome != "complete"


def _heading(written: Receipt) -> str:
    portal = code(written.portal)
    if not written.entries:
        return f"### ⚪ Nothing was left to do on {portal}"
    if _is_incomplete(written):
        return f"### 🔴 Not everything is live on {portal}"
    day, _, time = written.finished.partition("T")
    return f"### ✅ Live on {portal} since {day} {time[:5]} UTC"


def _summary(written: Receipt, made: Plan | None, *, names: bool) -> list[str]:
    """Return who has what now, who was invited, and how many changes had which outcome."""
    said: list[str] = []
    if made is not None and not _is_incomplete(written):
        people = People(made, names=names)
        said = [*people.sentences(made.access.gained, "has"), *people.sentences(made.access.lost, "lost")]
    elif written.access is not None:
        said = list(_people_counts(written.access))
    added = list(dict.fromkeys(_added(written)))
    if added:
        was = "was" if len(added) == 1 else "were"
        said.append(f"{codes(added, _NAMES)} {was} added; whoever had no account got an invitation by mail.")
    numbers = [f"{written.summary.applied:,} applied", *left(written.summary)]
    total = [f"**{' · '.join(numbers)}**"] if written.entries else []
    return [*(["\\\n".join(said), ""] if said and total else said), *total]


def _people_counts(applied: Impact) -> Iterator[str]:
    """Yield how many people gained and lost access by what was applied."""
    for rows, verb in ((applied.gained, "gained"), (applied.lost, "lost")):
        number = len({person for row in rows for person in row.people})
        if number:
            yield f"{counted(number, 'person', 'people')} {verb} access."


def _added(written: Receipt) -> Iterator[str]:
    """Yield those whom this run let into a team."""
    for entry in written.entries:
        is_membership = entry.id.startswith("membership/")
        if is_membership and (entry.action, entry.outcome) == ("create", "applied"):
            yield person_of(entry.id)


def _left(written: Receipt, most: int | None, worst: int | None) -> list[str]:
    """Return a table of what was not done or persisted: `worst` of what needs care, `most` of the others."""
    others = [entry for entry in written.entries if entry.outcome != "applied"]
    told = [entry for entry in others if entry.outcome != "skipped"]
    waited = [entry for entry in others if entry.outcome == "skipped"]
    rows = [_cells(entry) for entry in [*told[:worst], *waited[:most]]]
    rows += [["⚠️", code(each.id), "not held", code(each.message)] for each in written.unsettled[:worst]]
    early = [f"Ended early: {code(written.problem)}"] if written.problem else []
    more = [
        *_more(len(told), worst, "that failed or are unknown"),
        *_more(len(written.unsettled), worst, "that were not persisted"),
        *_more(len(waited), most, "skipped"),
    ]
    listed = [*table(["", "Change", "Outcome", "Why"], rows), *more] if rows else more
    return [*early, *([""] if early and listed else []), *listed]


def _more(number: int, most: int | None, which: str) -> list[str]:
    return [f"\n… and {number - most:,} more {which}"] if most is not None and number > most else []


def _applied(written: Receipt, most: int | None) -> list[str]:
    """Return what was applied, to be unfolded."""
    signs = {"create": "+", "delete": "-"}
    lines = [
        printable(f"{signs.get(entry.action, '!')} {entry.id}")
        for entry in written.entries
        if entry.outcome == "applied"
    ]
    if not lines:
        return []
    more = [f"  … and {len(lines) - most:,} more"] if most is not None and len(lines) > most else []
    return folded(counted(len(lines), "change") + " applied", fenced([*lines[:most], *more], "diff"))


def _cells(entry: Entry) -> list[str]:
    what = f"{entry.action} {code(entry.id)}"
    return [_SIGNS[entry.outcome], what, entry.outcome, code(entry.message) if entry.message else ""]


def _what_helps(written: Receipt) -> list[str]:
    if not _is_incomplete(written):
        return []
    helps = _LOOK if written.summary.unknown and not written.summary.failed else _MEND
    return [_AGAIN.format(first=helps)]


def _people(made: Plan, most: int | None, *, names: bool) -> list[str]:
    people = People(made, names=names)
    gained = people.gaining("Who gained access", most, of_all=True)
    lost = people.losing("Who lost access", most)
    body = [*gained, *([""] if lost and gained else []), *lost]
    return folded("Who gained and who lost access", body) if body else []
