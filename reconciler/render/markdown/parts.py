"""A whole plan as a list in parts, none of which is longer than a person's browser or a forge takes."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.model.plan import Plan
from reconciler.render.locations import worst_first
from reconciler.render.markdown.changes import listed as changes
from reconciler.render.markdown.comment_frame import counts, foot, heading, notices
from reconciler.render.markdown.escaping import LARGEST, fenced, row
from reconciler.render.markdown.file_changes import file_lines
from reconciler.render.markdown.findings import HEAD, cells
from reconciler.render.markdown.people import TABLE, People
from reconciler.render.markdown.risks import all_risks


class _Section(NamedTuple):
    """A title, what each part of its list begins and ends with, and its lines."""

    title: str
    before: tuple[str, ...]
    lines: Iterable[str]
    after: tuple[str, ...] = ()


def parts(made: Plan, *, link: str = "", largest: int = LARGEST, names: bool = False) -> list[str]:
    """Return all of a plan: its risks, who gains and who loses access, findings and changes, nothing folded.

    Each part has at most `largest` characters, unless a single line is longer.
    """
    opening = [heading(made), "", *counts(made), *(line for each in notices(made) for line in ("", *each))]
    bodies = _split(_sections(made, link, names=names), "\n".join(opening), largest - len(foot(made)) - 100)
    total = len(bodies)
    return [
        f"{body}\n\n{foot(made)}\n\nPart {number:,} of {total:,}\n" for number, body in enumerate(bodies, 1)
    ]


def _sections(made: Plan, link: str, *, names: bool) -> Iterator[_Section]:
    people = People(made, names=names)
    table = (row(list(TABLE)), row(["---"] * len(TABLE)))
    yield _Section("Risks", (), all_risks(made))
    yield _Section("Who gains access", table, people.every_row(made.access.gained))
    yield _Section("Who loses access", table, people.every_row(made.access.lost))
    found = (row(cells(each, link)) for each in worst_first(made.findings))
    yield _Section("Findings", (row(list(HEAD)), row(["---"] * len(HEAD))), found)
    yield _Section("Changes in the files alone", (), file_lines(made))
    begin, *lines, end = fenced(list(changes(made)), "diff")
    yield _Section("Changes", (begin,), lines, (end,))


def _split(sections: Iterable[_Section], opening: str, largest: int) -> list[str]:
    """Return the sections one after the other, begun anew where a part is full."""
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
