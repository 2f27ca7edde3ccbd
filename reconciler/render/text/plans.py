"""The plans of several portals for a terminal: a section for each, then a line for each."""

from reconciler.model.finding import by_cause
from reconciler.model.portal_results import PlanOrFailure, Plans, PortalFailure
from reconciler.model.printable import printable
from reconciler.render.overview import common_findings, summary, without_findings
from reconciler.render.text.findings import lines
from reconciler.render.text.plan import plan
from reconciler.render.text.style import Style, columns


def plans(found: Plans, *, color: bool) -> str:
    """Return the plans; findings that all of them have come first."""
    style, common = Style(color=color), common_findings(found)
    shared = [_titled("All portals", "\n".join(lines(by_cause(common), style)), style)] if common else []
    sections = [
        _titled(name, _section(each, style, color=color), style)
        for name, each in zip(found.portals, without_findings(found, common).sections(), strict=True)
    ]
    rows = columns((name, summary(each)) for name, each in zip(found.portals, found.sections(), strict=True))
    return "\n\n".join([*shared, *sections, _titled("Summary", "\n".join(rows), style)]) + "\n"


def _titled(title: str, body: str, style: Style) -> str:
    return f"{style.paint(f'== {printable(title)} ==', 'bold')}\n\n{body}"


def _section(section: PlanOrFailure, style: Style, *, color: bool) -> str:
    if isinstance(section, PortalFailure):
        hint = f"\nHint: {printable(section.hint)}" if section.hint else ""
        return f"{style.paint(printable(f'Error: {section.message}', keep=chr(10)), 'red')}{hint}"
    return plan(section, color=color).rstrip("\n")
