"""The stage of a plan that selects which of all differences it makes."""

from collections.abc import Iterator

import msgspec

from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity
from reconciler.model.ids import name_of
from reconciler.model.kinds import partner_of, team_of
from reconciler.model.resource import ResourceId
from reconciler.order import Ordered, order
from reconciler.policy import RuleContext, judge_guard
from reconciler.policy.enumeration import named
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.selection import Selected, select_expired, select_removals

# They judge a partner or a team as a whole, of which a selection can have a part.
_OF_WHOLE_OBJECTS = frozenset({"guard-delegation", "guard-partner-removed"})


def select_by_reason(inputs: Inputs, compared: Comparison) -> Comparison:
    """Return the comparison with only the changes whose reason is selected."""
    if inputs.options.selection != "expired":
        return compared
    return _with(compared, select_expired(compared.delta.changes))


def select_in_order(inputs: Inputs, compared: Comparison) -> tuple[Comparison, Ordered]:
    """Order the changes, and return those that the selection makes.

    The order of all changes says what a removal needs.
    """
    ordered = order(compared.delta, inputs.today)
    if inputs.options.selection != "removals":
        return compared, ordered
    compared = _with(compared, select_removals(ordered))
    return compared, order(compared.delta, inputs.today)


def _with(compared: Comparison, selected: Selected) -> Comparison:
    return msgspec.structs.replace(
        compared,
        delta=compared.delta.only(selected.changes),
        all_changes=compared.delta.changes,
        left_out=selected.left_out,
    )


def left_out(compared: Comparison) -> Iterator[Finding]:
    """Yield a warning about the removals that a selection leaves out."""
    if compared.left_out:
        number = len(compared.left_out)
        removals = counted(number, "removal is", "removals are")
        message = f"{removals} left out, because of changes that must come first: {named(compared.left_out)}"
        hint = "`reconciler apply` makes all changes in order"
        yield Finding.at(None, "removal-left-out", message, hint, severity=Severity.WARNING)


def denied_in_whole(compared: Comparison, context: RuleContext) -> Iterator[Finding]:
    """Yield the findings of the guard about an object of which only a part is removed by the selection."""
    if not compared.left_out:
        return
    whole = msgspec.structs.replace(context, changes=compared.all_changes)
    touched = {name for change in context.changes or () for name in _above(change.id)}
    own = {(finding.rule, finding.id) for finding in judge_guard(context)}
    for finding in judge_guard(whole):
        if (
            finding.rule in _OF_WHOLE_OBJECTS
            and finding.id in touched
            and (finding.rule, finding.id) not in own
        ):
            yield finding


def _above(resource_id: ResourceId) -> Iterator[ResourceId]:
    """Yield the partner and the team of a resource."""
    partner, team = partner_of(resource_id), team_of(resource_id)
    if partner is not None:
        yield f"partner/{partner}"
    if team is not None:
        yield f"team/{name_of(team)}"
