"""A plan for people: what changes, grouped by partner and access group, and what that does to whom."""

from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.finding import Severity
from reconciler.model.plan import Change, Plan
from reconciler.model.visible import visible
from reconciler.render.text import changes as lines
from reconciler.render.text.findings import lines as finding_lines
from reconciler.render.text.impact import impact
from reconciler.render.text.style import Style, columns, counted

# New things of one kind in one section; what goes or is altered is never cut.
_MOST_ALIKE: Final = 20


def plan(made: Plan, *, color: bool, width: int) -> str:  # noqa: ARG001  wide lines wrap by themselves
    """Return the plan; an empty one without findings is `No changes.`"""
    style = Style(color=color)
    found = finding_lines(made.findings, style)
    if not made.changes and made.complete:
        return "\n".join([*found, "No changes."]) + "\n"
    parts = [
        [style.paint(f"Plan for {made.portal} ({made.scope}), {made.today}", "bold")],
        *_sections(made.changes, style),
        impact(made.access, style) if made.changes else [],
        found,
        [*_incomplete(made, style), _counts(made)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _sections(changes: Iterable[Change], style: Style) -> list[list[str]]:
    sections: dict[str, list[Change]] = {}
    for change in changes:
        sections.setdefault(lines.section(change), []).append(change)
    return [_section(title, sections[title], style) for title in sorted(sections, key=_rank)]


def _rank(title: str) -> tuple[int, str]:
    return ("partner", "access group", "API product").index(title.rpartition(" ")[0]), title


def _section(title: str, changes: Sequence[Change], style: Style) -> list[str]:
    file = next((change.source.file for change in changes if change.source), "")
    shown, folded = _folded(changes)
    rows = [
        (
            f"  {lines.SIGNS[change.action]} {lines.noun(change)}",
            visible(lines.name(change)),
            lines.detail(change),
            _where(change, file),
        )
        for change in shown
    ]
    drawn = [
        _painted(line, lines.COLORS[change.action], style)
        for line, change in zip(columns(rows), shown, strict=True)
    ]
    where = style.paint(f"  {visible(file)}", "dim") if file else ""
    return [style.paint(title, "bold") + where, *drawn, *folded]


def _painted(line: str, color: str, style: Style) -> str:
    return f"  {style.paint(line[2], color)}{line[3:]}"


def _where(change: Change, file: str) -> str:
    """Return the line; the file too where it is not the section's."""
    if change.source is None:
        return ""
    return f":{change.source.line}" if change.source.file == file else visible(str(change.source))


def _folded(changes: Sequence[Change]) -> tuple[list[Change], list[str]]:
    """Return what is shown, and a line for each sort of new thing of which there are too many."""
    shown: list[Change] = []
    numbers: dict[str, int] = {}
    for change in changes:
        noun = lines.noun(change)
        if change.action == "create":
            numbers[noun] = numbers.get(noun, 0) + 1
        if change.action != "create" or numbers[noun] <= _MOST_ALIKE:
            shown.append(change)
    return shown, [
        f"  + … {counted(number - _MOST_ALIKE, f'more {noun}')}"
        for noun, number in numbers.items()
        if number > _MOST_ALIKE
    ]


def _incomplete(made: Plan, style: Style) -> list[str]:
    if made.complete:
        return []
    return [
        style.paint("The portal was not read to its end: nothing is decided, apply refuses this plan.", "red")
    ]


def _counts(made: Plan) -> str:
    """Return the last line, which many read first."""
    summary = made.summary
    adopted = f", {summary.adopt:,} to adopt" if summary.adopt else ""
    foreign = f", {summary.unmanaged:,} not ours" if summary.unmanaged else ""
    denied = sum(finding.severity is Severity.ERROR for finding in made.findings)
    verdict = f" Denied by {counted(denied, 'error')}." if denied else ""
    return (
        f"Plan: {summary.create:,} to create, {summary.update:,} to update, {summary.delete:,} to delete{adopted}; "
        f"{summary.unchanged:,} unchanged{foreign}. "
        f"{counted(summary.people_gaining, 'person', 'people')} {_verb(summary.people_gaining, 'gain')} access, "
        f"{counted(summary.people_losing, 'person', 'people')} {_verb(summary.people_losing, 'lose')} access."
        f"{verdict}"
    )


def _verb(number: int, verb: str) -> str:
    return f"{verb}s" if number == 1 else verb
