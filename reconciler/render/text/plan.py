"""A plan for people: what changes, grouped by partner and access group, and what that does to whom."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import FILES, Approval, Change, FileChange, Plan
from reconciler.model.printable import printable
from reconciler.render.approvals import reasons
from reconciler.render.formatting import difference, moves
from reconciler.render.locations import worst_first
from reconciler.render.new_objects import Created
from reconciler.render.notices import FROM_FILES, INCOMPLETE
from reconciler.render.text import changes as lines
from reconciler.render.text.findings import lines as finding_lines
from reconciler.render.text.impact import impact
from reconciler.render.text.risks import risks
from reconciler.render.text.style import Style, columns, counted, listed

# New things of one kind in one section; what goes or is altered is never cut.
_MOST_ALIKE: Final = 20
_MOST_REASONS: Final = 4


def plan(made: Plan, *, color: bool) -> str:
    """Return the plan; an empty one that is not denied ends with `No changes.`."""
    style = Style(color=color)
    remarks, denials = _findings(made.findings, style)
    aside = [
        risks(made, style),
        _file_changes(made.file_changes, style),
        _drift(made.drift.changes, style),
    ]
    if not made.changes and made.complete:
        told = ["\n".join(part) + "\n" for part in aside if part]
        return "\n".join([*told, *remarks, *denials, *_no_changes(made)]) + "\n"
    parts = [
        [style.paint(printable(f"Plan for {made.portal} ({made.scope}), {made.today}"), "bold")],
        [FROM_FILES] if made.portal_id == FILES else [],
        *_sections(made, style),
        impact(made, style) if made.changes else [],
        *aside,
        _approvals(made.approvals, style),
        remarks,
        denials,
        [*_incomplete(made, style), _counts(made)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _no_changes(made: Plan) -> list[str]:
    """Return the last lines of a plan without changes."""
    denied = sum(finding.severity is Severity.ERROR for finding in made.findings)
    if denied:
        return [f"Denied by {counted(denied, 'error')}: no change is planned."]
    unmanaged = made.summary.unmanaged
    if not unmanaged:
        return ["No changes."]
    objects = "1 object in the portal is" if unmanaged == 1 else f"{unmanaged:,} objects in the portal are"
    hint = "define them in files, and `reconciler adopt --all-desired` takes them over as they are"
    return [f"{objects} not managed here: {hint}.", "No changes."]


def _findings(found: Sequence[Finding], style: Style) -> tuple[list[str], list[str]]:
    """Return what denies nothing, the worst first, and what denies, which stands where a terminal ends."""
    denials = [each for each in found if each.severity is Severity.ERROR]
    remarks = [each for each in worst_first(found) if each.severity is not Severity.ERROR]
    return finding_lines(remarks, style), finding_lines(denials, style)


def _sections(made: Plan, style: Style) -> list[list[str]]:
    sections: dict[tuple[str, str], list[Change]] = {}
    for change in made.changes:
        sections.setdefault(lines.section(change), []).append(change)
    files, created = lines.files(made.changes), Created(made)
    return [
        _section(" ".join(title), files.get(title, ""), sections[title], created, style)
        for title in sorted(sections, key=lines.place)
    ]


def _section(title: str, file: str, changes: Sequence[Change], created: Created, style: Style) -> list[str]:
    rows = list(_rows(changes, file, created))
    drawn = [
        _painted(line, row, style) for line, row in zip(columns(row.cells for row in rows), rows, strict=True)
    ]
    where = style.paint(f"  {printable(file)}", "dim") if file else ""
    return [style.paint(printable(title), "bold") + where, *drawn]


class _Row(NamedTuple):
    """A line of a section: its cells, and what its sign is painted in; a mere heading has no sign."""

    cells: tuple[str, str, str, str]
    indent: int
    color: str


def _rows(changes: Sequence[Change], file: str, new: Created) -> Iterator[_Row]:
    """Yield the lines: what is no team's first, then each team with what belongs to it."""
    teams: dict[str, list[Change]] = {}
    for change in changes:
        teams.setdefault(lines.team(change), []).append(change)
    yield from _folded(teams.pop("", []), 2, file, new)
    for name in sorted(teams):
        own = [change for change in teams[name] if change.kind == "team"]
        if own:
            yield from _folded(own, 2, file, new)
        else:
            yield _Row(("    team", name, "", ""), 2, "")
        yield from _folded([change for change in teams[name] if change.kind != "team"], 6, file, new)


def _painted(line: str, row: _Row, style: Style) -> str:
    if not row.color:
        return line
    return f"{line[: row.indent]}{style.paint(line[row.indent], row.color)}{line[row.indent + 1 :]}"


def _row(change: Change, indent: int, file: str) -> _Row:
    first = f"{' ' * indent}{lines.SIGNS[change.action]} {lines.noun(change)}"
    cells = (first, lines.name(change), lines.detail(change), _where(change, file))
    return _Row(cells, indent, lines.COLORS[change.action])


def _where(change: Change, file: str) -> str:
    """Return the line; the file too where it is not the section's."""
    if change.source is None:
        return ""
    return f":{change.source.line}" if change.source.file == file else str(change.source)


def _folded(changes: Sequence[Change], indent: int, file: str, new: Created) -> Iterator[_Row]:
    """Yield a line a change; of what comes with something new, of one sort no more than people read."""
    for (_, noun), alike in groupby(sorted(changes, key=_order), key=_sort):
        brought = 0
        for change in alike:
            brought += new.brings(change)
            if not new.brings(change) or brought <= _MOST_ALIKE:
                yield _row(change, indent, file)
        if brought > _MOST_ALIKE:
            more = f"… and {brought - _MOST_ALIKE:,} more"
            yield _Row((f"{' ' * indent}+ {noun}", more, "", ""), indent, lines.COLORS["create"])


def _order(change: Change) -> tuple[bool, int, str]:
    return *lines.rank(change), change.id


def _sort(change: Change) -> tuple[bool, str]:
    return lines.rank(change)[0], lines.noun(change)


def _approvals(asked: Sequence[Approval], style: Style) -> list[str]:
    """Return whose consent the changes need, and why."""
    rows = columns((f"  {owner}", listed(said, _MOST_REASONS)) for owner, said in reasons(asked).items())
    return [style.paint("Whose approval it needs", "bold"), *rows] if rows else []


def _file_changes(changes: Sequence[FileChange], style: Style) -> list[str]:
    """Return what a branch changes that no portal holds, and that decides about later plans."""
    items = [_items(each) for each in changes]
    heads = columns(
        (
            f"  {each.about}",
            each.path,
            "" if below else difference(each.before, each.after, each.path),
        )
        for each, below in zip(changes, items, strict=True)
    )
    rows = [line for head, below in zip(heads, items, strict=True) for line in (head, *below)]
    return [style.paint("What changes in the files alone", "bold"), *rows] if rows else []


def _items(change: FileChange) -> list[str]:
    """Return a line for each entry of a list that goes or comes."""
    gone, come = moves(change.before, change.after) or ((), ())
    return [*(f"      - {each}" for each in gone), *(f"      + {each}" for each in come)]


def _drift(changes: Sequence[Change], style: Style) -> list[str]:
    """Return what differs whether the branch is merged or not."""
    rows = columns(
        (f"  {lines.SIGNS[each.action]} {lines.whole(each)}", lines.detail(each))
        for each in changes[:_MOST_ALIKE]
    )
    more = [f"  … and {len(changes) - len(rows):,} more"] if len(changes) > len(rows) else []
    head = style.paint("Drift, which this plan leaves alone", "bold")
    return [head, *(row.rstrip() for row in rows), *more] if rows else []


def _incomplete(made: Plan, style: Style) -> list[str]:
    if made.complete:
        return []
    return [style.paint(INCOMPLETE, "red")]


def _counts(made: Plan) -> str:
    """Return the last line, which many read first."""
    summary = made.summary
    adopted = f", {summary.adopt:,} to adopt" if summary.adopt else ""
    foreign = f", {summary.unmanaged:,} not managed here" if summary.unmanaged else ""
    drifted = f", {summary.drift:,} drifted" if summary.drift else ""
    denied = sum(finding.severity is Severity.ERROR for finding in made.findings)
    verdict = f" Denied by {counted(denied, 'error')}." if denied else ""
    return (
        f"Plan: {summary.create:,} to create, {summary.update:,} to update, "
        f"{summary.delete:,} to delete{adopted}; {summary.unchanged:,} unchanged{foreign}{drifted}. "
        f"{_reach(summary.people_gaining, summary.people_losing)}"
        f"{verdict}"
    )


def _reach(gaining: int, losing: int) -> str:
    """Return how many people gain and lose access, in a sentence."""
    if not gaining and not losing:
        return "Nobody gains or loses access."
    what = "access" if losing else "any"
    return f"{_people(gaining, 'gain', 'Nobody')} access, {_people(losing, 'lose', 'nobody')} {what}."


def _people(number: int, verb: str, nobody: str) -> str:
    if not number:
        return f"{nobody} {verb}s"
    return f"{counted(number, 'person', 'people')} {verb}{'s' if number == 1 else ''}"
