"""A plan for a terminal: changes by partner and access group, and who gains and loses access."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import msgspec

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity, by_cause
from reconciler.model.plan import FILES, Change, FileChange, Plan
from reconciler.model.printable import printable
from reconciler.model.resource import ResourceId
from reconciler.render.approvals import approvals_title, reasons, who_approves
from reconciler.render.formatting import difference, list_difference
from reconciler.render.locations import by_severity
from reconciler.render.new_objects import NewObjects
from reconciler.render.notices import (
    FROM_FILES,
    INCOMPLETE,
    coverage,
    names_in_portal,
    selection,
    unproven_ends,
)
from reconciler.render.text import changes as lines
from reconciler.render.text.findings import lines as finding_lines
from reconciler.render.text.impact import impact
from reconciler.render.text.risks import risks
from reconciler.render.text.style import Style, columns, listed

# New objects of one kind per section; deleted and updated objects are always shown.
_MOST_ALIKE: Final = 20
_MOST_REASONS: Final = 4


def plan(plan: Plan, *, color: bool) -> str:
    """Return the plan; an empty plan that is not denied ends with `No changes.`."""
    style = Style(color=color)
    plan = msgspec.structs.replace(plan, findings=tuple(by_cause(plan.findings)))
    warnings, denials = _findings(plan.findings, style)
    notes_on_plan = [
        risks(plan, style),
        _file_changes(plan.file_changes, style),
        _drift(plan.drift.changes, style),
        _approvals(plan, style),
    ]
    if not plan.changes and plan.complete:
        notes = ["\n".join(part) + "\n" for part in notes_on_plan if part]
        return "\n".join([*notes, *warnings, *denials, *_coverage(plan), *_no_changes(plan)]) + "\n"
    parts = [
        [style.paint(printable(f"Plan for {plan.portal} ({plan.scope}), {plan.today}"), "bold")],
        [FROM_FILES] if plan.portal_id == FILES else [],
        selection(plan),
        list(filter(None, [names_in_portal(plan, _quoted)])),
        *_sections(plan, style),
        impact(plan, style) if plan.changes else [],
        *notes_on_plan,
        warnings,
        denials,
        list(filter(None, [unproven_ends(plan)])),
        [*_incomplete(plan, style), *_coverage(plan), _counts(plan)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _coverage(plan: Plan) -> list[str]:
    """Return a sentence about the objects that are compared, if these are not all."""
    covered = coverage(plan, printable)
    return [f"Compared with the portal: {covered}, which this branch changes."] if covered else []


def _quoted(text: str) -> str:
    return f'"{printable(text)}"'


def _no_changes(plan: Plan) -> list[str]:
    """Return the last lines of a plan that has no changes."""
    denied = sum(finding.severity is Severity.ERROR for finding in plan.findings)
    if denied:
        return [*selection(plan), f"Denied by {counted(denied, 'error')}: no changes are planned."]
    unmanaged = plan.summary.unmanaged
    if not unmanaged:
        return [*selection(plan), "No changes."]
    objects = counted(unmanaged, "object in the portal is", "objects in the portal are")
    hint = "To manage objects, define them in files and run `reconciler adopt --all-desired`."
    return [f"{objects} not managed here. {hint}", *selection(plan), "No changes."]


def _findings(found: Sequence[Finding], style: Style) -> tuple[list[str], list[str]]:
    """Return the findings that do not block, and the errors, which are printed last."""
    denials = [each for each in found if each.severity is Severity.ERROR]
    warnings = [each for each in by_severity(found) if each.severity is not Severity.ERROR]
    return finding_lines(warnings, style), finding_lines(denials, style)


def _sections(plan: Plan, style: Style) -> list[list[str]]:
    sections: dict[ResourceId, list[Change]] = {}
    for change in plan.changes:
        sections.setdefault(lines.section(change), []).append(change)
    files, created = lines.files(plan.changes), NewObjects(plan)
    return [
        _section(" ".join(lines.heading(each)), files.get(each, ""), sections[each], created, style)
        for each in sorted(sections, key=lines.place)
    ]


def _section(
    title: str, file: str, changes: Sequence[Change], created: NewObjects, style: Style
) -> list[str]:
    rows = list(_rows(changes, file, created))
    drawn = [
        _painted(line, row, style) for line, row in zip(columns(row.cells for row in rows), rows, strict=True)
    ]
    location = style.paint(f"  {printable(file)}", "dim") if file else ""
    return [style.paint(printable(title), "bold") + location, *drawn]


class _Row(NamedTuple):
    """A line of a section: its cells, and the color of its sign; a subheading has neither sign nor color."""

    cells: tuple[str, str, str, str]
    indent: int
    color: str


def _rows(changes: Sequence[Change], file: str, new: NewObjects) -> Iterator[_Row]:
    """Yield the lines: objects outside teams first, then each team with its members and grants."""
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
    cells = (first, lines.name(change), lines.detail(change), _location(change, file))
    return _Row(cells, indent, lines.COLORS[change.action])


def _location(change: Change, file: str) -> str:
    """Return the line number, with the file if it differs from the section's file."""
    if change.source is None:
        return ""
    return f":{change.source.line}" if change.source.file == file else str(change.source)


def _folded(changes: Sequence[Change], indent: int, file: str, new: NewObjects) -> Iterator[_Row]:
    """Yield one line per change; a long list of children of new objects is cut."""
    for (_, noun), alike in groupby(sorted(changes, key=_order), key=_sort):
        new_children = 0
        for change in alike:
            new_children += new.is_new(change)
            if not new.is_new(change) or new_children <= _MOST_ALIKE:
                yield _row(change, indent, file)
        if new_children > _MOST_ALIKE:
            more = f"… and {new_children - _MOST_ALIKE:,} more"
            yield _Row((f"{' ' * indent}+ {noun}", more, "", ""), indent, lines.COLORS["create"])


def _order(change: Change) -> tuple[bool, int, str, ResourceId]:
    return *lines.rank(change), change.id


def _sort(change: Change) -> tuple[bool, str]:
    return lines.rank(change)[0], lines.noun(change)


def _approvals(plan: Plan, style: Style) -> list[str]:
    """Return the owners who must approve the changes, with the reasons."""
    rows = columns(
        (
            f"  {owner}",
            "; ".join(filter(None, (listed(texts, _MOST_REASONS), who_approves(plan, owner, listed)))),
        )
        for owner, texts in reasons(plan).items()
    )
    return [style.paint(approvals_title(plan), "bold"), *rows] if rows else []


def _file_changes(changes: Sequence[FileChange], style: Style) -> list[str]:
    """Return the changes that affect files and later plans, but not the portal."""
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
    return [style.paint("File-only changes", "bold"), *rows] if rows else []


def _items(change: FileChange) -> list[str]:
    """Return one line per removed or added list item."""
    removed, added = list_difference(change.before, change.after) or ((), ())
    return [*(f"      - {each}" for each in removed), *(f"      + {each}" for each in added)]


def _drift(changes: Sequence[Change], style: Style) -> list[str]:
    """Return the differences between the base branch and the portal."""
    rows = columns(
        (f"  {lines.SIGNS[each.action]} {lines.whole(each)}", lines.detail(each))
        for each in changes[:_MOST_ALIKE]
    )
    more = [f"  … and {len(changes) - len(rows):,} more"] if len(changes) > len(rows) else []
    head = style.paint("Drift (not changed by this plan)", "bold")
    return [head, *(row.rstrip() for row in rows), *more] if rows else []


def _incomplete(plan: Plan, style: Style) -> list[str]:
    if plan.complete:
        return []
    return [style.paint(INCOMPLETE, "red")]


def _counts(plan: Plan) -> str:
    """Return the summary line."""
    summary = plan.summary
    adopted = f", {summary.adopt:,} to adopt" if summary.adopt else ""
    unmanaged = f", {summary.unmanaged:,} not managed here" if summary.unmanaged else ""
    drifted = f", {summary.drift:,} drifted" if summary.drift else ""
    denied = sum(finding.severity is Severity.ERROR for finding in plan.findings)
    verdict = f" Denied by {counted(denied, 'error')}." if denied else ""
    return (
        f"Plan: {summary.create:,} to create, {summary.update:,} to update, "
        f"{summary.delete:,} to delete{adopted}; {summary.unchanged:,} unchanged{unmanaged}{drifted}. "
        f"{_people_affected(summary.people_gaining, summary.people_losing)}"
        f"{verdict}"
    )


def _people_affected(gaining: int, losing: int) -> str:
    """Return a sentence with the number of people who gain and lose access."""
    if not gaining and not losing:
        return "Nobody gains or loses access."
    return f"{_people(gaining, 'gain', 'Nobody')} access, {_people(losing, 'lose', 'nobody')} access."


def _people(number: int, verb: str, nobody: str) -> str:
    if not number:
        return f"{nobody} {verb}s"
    return f"{counted(number, 'person', 'people')} {verb}{'s' if number == 1 else ''}"
