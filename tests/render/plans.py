"""Plans to render: what leads from files that were applied to other files."""

from collections.abc import Iterable
from textwrap import dedent
from typing import Any

from reconciler.access import impact, people
from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Plan, PlanSource, Summary, with_digests
from reconciler.model.resource import Live, Resource
from reconciler.policy import RuleContext, risks
from reconciler.render import text
from tests.builders import repository
from tests.states import TODAY, holding, live, wanted


def plan_of(state: Live, *documents: Document, **others: Any) -> Plan:
    """Return the plan that leads from a state to what these files ask for."""
    desired = wanted(*documents)
    difference = diff(desired, state)
    effect = (
        impact(Delta(state.resources, difference.changes), TODAY)
        if difference.changes
        else others.pop("access", None)
    )
    counts: dict[str, int] = {"create": 0, "update": 0, "delete": 0, "adopt": 0}
    for change in difference.changes:
        counts[change.action] += 1
    summary = Summary(
        **counts,
        unchanged=difference.unchanged,
        unmanaged=difference.unmanaged,
        people_gaining=people(effect.gained) if effect else 0,
        people_losing=people(effect.lost) if effect else 0,
    )
    world = RuleContext(repository(*documents), TODAY, desired, state, difference.changes, effect)
    return bare(
        changes=difference.changes,
        summary=summary,
        risks=risks(world, ()),
        **({"access": effect} if effect else {}),
        **others,
    )


def from_to(before: Iterable[Document], after: Iterable[Document], **others: Any) -> Plan:
    """Return the plan from files that were applied to other files."""
    return plan_of(live(holding(*before)), *after, **others)


def bare(**fields: Any) -> Plan:
    """Return a plan with what every plan says."""
    known = {
        "reconciler": "1.0.0",
        "portal": "local",
        "portal_id": "portal-1",
        "scope": "our-company",
        "created": "2026-11-24T12:00:00Z",
        "today": TODAY,
        "source": PlanSource(commit="9f31c0e", digest="sha256:00"),
    }
    return with_digests(Plan(**{**known, **fields}))


def held(*documents: Document) -> list[Resource]:
    """Return what a portal holds after these files were applied."""
    return holding(*documents)


def read(made: Plan) -> str:
    """Return a plan as people read it, without colours."""
    return text.plan(made, color=False)


def lines(written: str) -> str:
    """Return an indented text of a test as it is meant, without its first line break."""
    return dedent(written).removeprefix("\n")
