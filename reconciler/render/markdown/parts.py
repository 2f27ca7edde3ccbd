"""A complete plan as a list, split into parts that browsers and forges can display."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.model.plan import Plan
from reconciler.render.locations import by_severity
from reconciler.render.markdown.changes import listed as changes
from reconciler.render.markdown.comment_frame import counts, foot, heading, notices
from reconciler.render.markdown.escaping import MAX_LENGTH, fenced, row
from reconciler.render.markdown.file_changes import file_lines
from reconciler.render.markdown.findings import HEAD, cells
from reconciler.render.markdown.people import GAINS, LOSSES, People
from reconciler.render.markdown.risks import all_risks


class _Section(NamedTuple):
    """A title, the lines, and the lines before and after them in each part."""

    title: str
    before: tuple[str, ...]
    lines: Iterable[str]
    after: tuple[str, ...] = ()


def parts(plan: Plan, *, link: str = "", largest: int = MAX_LENGTH, names: bool = False) -> list[str]:
    """Return a complete plan: risks, access changes, findings and changes, without limits.

    Each part has at most `largest` characters, unless a single line is longer.
    """
    opening = [heading(plan), "", *counts(plan), *(line for each in notices(plan) for line in ("", *each))]
    bodies = _split(_sections(plan, link, names=names), "\n".join(opening), largest - len(foot(plan)) - 100)
    total = len(bodies)
    return [
        f"{body}\n\n{foot(plan)}\n\nPart {number:,} of {total:,}\n" for number, body in enumerate(bodies, 1)
    ]


def _sections(plan: Plan, link: str, *, names: bool) -> Iterator[_Section]:
    people = People(plan, names=names)
    yield _Section("Risks", (), all_risks(plan))
    yield _Section("Who gains access", _head(GAINS), people.every_row(plan.access.gained))
    yield _Section("Who loses access", _head(LOSSES), people.every_row(plan.access.lost))
    found = (row(cells(each, link)) for each in by_severity(plan.findings))
    yield _Section("Findings", _head(HEAD), found)
    yield _Section("File-only changes", (), file_lines(plan))
    begin, *lines, end = fenced(list(changes(plan)), "diff")
    yield _Section("Changes", (begin,), lines, (end,))


def _head(columns: Sequence[str]) -> tuple[str, str]:
    """Return the first two lines of a table."""
    return row(list(columns)), row(["---"] * len(columns))


def _split(sections: Iterable[_Section], opening: str, largest: int) -> list[str]:
    """Split the sections into parts; a section that does not fit continues in the next part."""
    bodies, current = [], opening
    for section in sections:
        frame = "\n".join(["", "", f"**{section.title}**", "", *section.before])
        end = "".join(f"\n{line}" for line in section.after)
        is_open = False
        for line in section.lines:
            if len(current) + len(line) + len(end) + 1 + (0 if is_open else len(frame)) > largest and current:
                bodies.append(current + end if is_open else current)
                current, is_open = "", False
            if not is_open:
                current, is_open = (current + frame).lstrip("\n"), True
            current = f"{current}\n{line}"
        current += end if is_open else ""
    return [*bodies, current]
