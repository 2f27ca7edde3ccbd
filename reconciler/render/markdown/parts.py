"""A complete plan as a list, split into parts that browsers and forges can display."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.model.plan import Plan
from reconciler.render.locations import by_severity
from reconciler.render.markdown.changes import by_file
from reconciler.render.markdown.comment_frame import counts, foot, heading, joined, notices
from reconciler.render.markdown.escaping import MAX_LENGTH, fenced, row
from reconciler.render.markdown.file_changes import file_lines
from reconciler.render.markdown.findings import HEAD, cells
from reconciler.render.markdown.people import GAINS, LOSSES, People
from reconciler.render.markdown.risks import all_risks


class _Section(NamedTuple):
    """A title, the lines in groups, and the lines before and after them in each part.

    The heading of a group is repeated if the group continues in the next part.
    """

    title: str
    before: tuple[str, ...]
    groups: Iterable[tuple[str, Iterable[str]]]
    after: tuple[str, ...] = ()


def _plain(title: str, before: tuple[str, ...], lines: Iterable[str]) -> _Section:
    """Return a section whose lines are in no groups."""
    return _Section(title, before, [("", lines)])


def parts(plan: Plan, *, link: str = "", largest: int = MAX_LENGTH, names: bool = False) -> list[str]:
    """Return a complete plan: risks, access changes, findings and changes, without limits.

    Each part has at most `largest` characters, unless a single line is longer.
    """
    opening = joined([[heading(plan)], counts(plan), *notices(plan)]).rstrip("\n")
    bodies = _split(_sections(plan, link, names=names), opening, largest - len(foot(plan)) - 100)
    total = len(bodies)
    return [
        f"{body}\n\n{foot(plan)}\n\nPart {number:,} of {total:,}\n" for number, body in enumerate(bodies, 1)
    ]


def _sections(plan: Plan, link: str, *, names: bool) -> Iterator[_Section]:
    people = People(plan, names=names)
    yield _plain("Risks", (), all_risks(plan))
    yield _plain("Who gains access", _head(GAINS), people.every_row(plan.access.gained))
    yield _plain("Who loses access", _head(LOSSES), people.every_row(plan.access.lost))
    found = (row(cells(each, link)) for each in by_severity(plan.findings))
    yield _plain("Findings", _head(HEAD), found)
    yield _plain("File-only changes", (), file_lines(plan))
    changes = by_file(plan)
    begin, *_, end = fenced([line for title, lines in changes.items() for line in (title, *lines)], "diff")
    yield _Section("Changes", (begin,), changes.items(), (end,))


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
        for title, lines in section.groups:
            repeated = above = f"\n{title}" if title else ""
            for line in lines:
                added = f"{'' if is_open else frame}{above}\n{line}"
                if len(current) + len(added) + len(end) > largest and current:
                    bodies.append(current + end if is_open else current)
                    current, is_open, added = "", False, f"{frame}{repeated}\n{line}"
                current, is_open, above = (current + added).lstrip("\n"), True, ""
        current += end if is_open else ""
    return [*bodies, current]
