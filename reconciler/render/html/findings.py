"""The findings and required approvals of a plan."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity, by_cause
from reconciler.model.plan import Plan
from reconciler.render.approvals import reasons, who_approves
from reconciler.render.html.locations import Locations
from reconciler.render.html.markup import Markup, folded, heads, joined, tag
from reconciler.render.locations import by_severity

_HEAD: Final = ("Severity", "Message", "Location", "Rule")
_SIGNS: Final = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.INFO: "i"}  # noqa: RUF001  a cross


def denials(plan: Plan, locations: Locations, name: str = "") -> Markup:
    """Return the errors that deny the plan, or nothing; `name` begins the id."""
    found = [each for each in by_cause(plan.findings) if each.severity is Severity.ERROR]
    if not found:
        return Markup()
    heading = tag("h2", f"Denied by {counted(len(found), 'error')}", id=f"{name}denied")
    return tag("section", heading, _table(found, locations))


def warnings(plan: Plan, locations: Locations, name: str = "") -> Markup:
    """Return the other findings as a collapsed table, or nothing; `name` begins the id."""
    found = [each for each in by_severity(by_cause(plan.findings)) if each.severity is not Severity.ERROR]
    if not found:
        return Markup()
    title = f"{counted(len(found), 'finding')}, none blocking"
    return tag("section", folded(title, _table(found, locations)), id=f"{name}findings")


def approvals(plan: Plan) -> Markup:
    """Return the owners who must approve the plan, with the reasons, or nothing."""
    listed = [
        joined(
            [
                tag("dt", owner),
                tag("dd", tag("ul", *(tag("li", each) for each in [*why, *_who(plan, owner)]))),
            ]
        )
        for owner, why in reasons(plan).items()
    ]
    return tag("dl", *listed, class_="named") if listed else Markup()


def _who(plan: Plan, owner: str) -> list[str]:
    """Return who can approve for an owner, if that is known."""
    found = who_approves(plan, owner, lambda names, most: ", ".join(names[:most]))
    return [found] if found else []


def _table(found: Sequence[Finding], locations: Locations) -> Markup:
    hints = ["", *(each.hint for each in found)]
    rows = [_row(each, locations, hint_above) for each, hint_above in zip(found, hints, strict=False)]
    return tag("table", heads(*_HEAD), tag("tbody", *rows), class_="listed findings")


def _row(finding: Finding, locations: Locations, hint_above: str) -> Markup:
    """Return a row; the hint is left out if it repeats `hint_above`."""
    mark = tag("b", _SIGNS[finding.severity], class_="sign", aria_hidden="true")
    hint = tag("div", finding.hint, class_="muted") if finding.hint != hint_above else Markup()
    return tag(
        "tr",
        tag("td", mark, finding.severity.value, class_=finding.severity.value),
        tag("td", finding.message, hint),
        tag("td", locations.link(finding.file, finding.line)),
        tag("td", finding.rule, class_="muted"),
    )
