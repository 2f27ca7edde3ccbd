"""What rules found, and whose approval a plan needs."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Plan
from reconciler.render.approvals import reasons
from reconciler.render.html.markup import Markup, folded, heads, joined, tag
from reconciler.render.html.places import Places
from reconciler.render.locations import worst_first
from reconciler.render.text.style import counted

_HEAD: Final = ("Severity", "What", "Where", "Rule")
_SIGNS: Final = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.INFO: "i"}  # noqa: RUF001  a cross


def denials(made: Plan, places: Places) -> Markup:
    """Return what denies the plan, or nothing."""
    found = [each for each in made.findings if each.severity is Severity.ERROR]
    if not found:
        return Markup()
    heading = tag("h2", f"Denied by {counted(len(found), 'error')}", id="denied")
    return tag("section", heading, _table(found, places))


def remarks(made: Plan, places: Places) -> Markup:
    """Return the findings that deny nothing, to be opened, or nothing."""
    found = [each for each in worst_first(made.findings) if each.severity is not Severity.ERROR]
    if not found:
        return Markup()
    title = f"{counted(len(found), 'finding')}, none of which denies the plan"
    return tag("section", folded(title, _table(found, places)), id="findings")


def approvals(made: Plan) -> Markup:
    """Return the owners who have to consent, each with the reasons, or nothing."""
    listed = [
        joined([tag("dt", owner), tag("dd", tag("ul", *(tag("li", each) for each in said)))])
        for owner, said in reasons(made.approvals).items()
    ]
    return tag("dl", *listed, class_="named") if listed else Markup()


def _table(found: Sequence[Finding], places: Places) -> Markup:
    above = ["", *(each.hint for each in found)]
    rows = [_row(each, places, known) for each, known in zip(found, above, strict=False)]
    return tag("table", heads(*_HEAD), tag("tbody", *rows), class_="listed findings")


def _row(finding: Finding, places: Places, known: str) -> Markup:
    """Return a row; its hint only where it differs from that of the row above, which is known."""
    mark = tag("b", _SIGNS[finding.severity], class_="sign", aria_hidden="true")
    hint = tag("div", finding.hint, class_="still") if finding.hint != known else Markup()
    return tag(
        "tr",
        tag("td", mark, finding.severity.value, class_=finding.severity.value),
        tag("td", finding.message, hint),
        tag("td", places.shown(finding.file, finding.line)),
        tag("td", finding.rule, class_="still"),
    )
