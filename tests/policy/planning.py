"""Helpers for tests of rules about plans: contexts from live objects and files."""

from collections.abc import Sequence
from typing import Any

from reconciler.access import impact, people_losing_access, report
from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.hierarchy import managed_by_kind
from reconciler.model.plan import effects_digest
from reconciler.model.portal import Totals
from reconciler.model.resource import Live, Resource
from reconciler.model.timestamps import days_after
from reconciler.policy import RuleContext, judge
from tests.builders import configuration, repository
from tests.states import TODAY, live, wanted


def world(held: Sequence[Resource] | Live, *documents: Document, **inputs: Any) -> RuleContext:
    """Return the rule context of a plan from the live state to the desired state."""
    state = held if isinstance(held, Live) else live(held)
    configured = configuration(**inputs.get("spec", {}))
    desired = wanted(*documents, configured=configured)
    changes = diff(desired, state).changes
    people = {
        row.person for row in report(Reach(gather(state.resources.values()), TODAY), {}, source="portal").rows
    }
    delta = Delta(state.resources, changes)
    given = {
        "impact": impact(delta, TODAY),
        "losing": people_losing_access(delta, TODAY, days_after(TODAY, 30)),
        "totals": Totals(managed_by_kind(state.resources, desired.scope, desired.external), len(people)),
        "digest": effects_digest(state.portal_id, desired.scope, changes),
        **{name: value for name, value in inputs.items() if name != "spec"},
    }
    files = repository(*documents, configured=configured)
    return RuleContext(files, TODAY, desired, state, changes, **given)


def found(rule: str, judged: RuleContext) -> list[tuple[str, str]]:
    """Return severity and message of what one rule finds."""
    return [(each.severity.value, each.message) for each in judge(judged) if each.rule == rule]
