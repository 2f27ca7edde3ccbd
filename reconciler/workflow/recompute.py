"""Compute a plan's reasons and order again from the current state of the portal."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import msgspec

from reconciler.diff import explained
from reconciler.errors import PlanError
from reconciler.model.graph.delta import Delta
from reconciler.model.hierarchy import after_renames
from reconciler.model.kinds import title_of
from reconciler.model.plan import Change, Plan
from reconciler.model.resource import Desired, Fields, Live, ResourceId
from reconciler.order import order


def recomputed(plan: Plan, desired: Desired, live: Live) -> Plan:
    """Return the plan with reasons and order that fit the current state of the portal.

    Those in the plan are ignored: its digest does not cover them, and people may have joined or left since.
    Raises PlanError where the changes cannot be ordered.
    """
    changes = explained(plan.changes, desired, live)
    _require_order(changes)
    ordered = order(Delta(live.resources, changes), desired.today)
    return msgspec.structs.replace(plan, changes=ordered.changes)


def deduced(plan: Plan, live: Live, today: str) -> Desired:
    """Return as much of the desired state as the plan's effects and the portal prove.

    That is who is blocked, which partners are suspended, and which teams are delegated afterwards. Only
    a file says that a partner or a team has ended, and the last days that the portal does not store.
    """
    partners, teams = (_after(kind, plan.changes, live) for kind in ("partner/", "team/"))
    nobody: frozenset[str] = frozenset()
    return Desired(
        scope=plan.scope,
        today=today,
        resources={},
        renames={},
        because={},
        blocked={title_of(each): frozenset(fields.get("blocked", ())) for each, fields in partners.items()},
        delegated=frozenset(each for each, fields in teams.items() if fields.get("delegated") is not False),
        ended=nobody,
        suspended=frozenset(
            title_of(each) for each, fields in partners.items() if fields.get("status") == "suspended"
        ),
    )


def _after(kind: str, changes: tuple[Change, ...], live: Live) -> Mapping[ResourceId, Fields]:
    """Return the fields of all resources of a kind after the changes."""
    names = {change.renamed_from: change.id for change in changes if change.renamed_from}
    found: dict[ResourceId, Fields] = {
        each: held.fields
        for each, held in after_renames(live.resources, names).items()
        if each.startswith(kind)
    }
    for change in changes:
        if change.id.startswith(kind):
            if change.after is None:
                found.pop(change.id, None)
            else:
                found[change.id] = change.after
    return found


def _require_order(changes: tuple[Change, ...]) -> None:
    """Raise PlanError for changes with circular dependencies, which `reconciler plan` never makes."""
    try:
        TopologicalSorter({change.id: change.needs for change in changes}).prepare()
    except CycleError as error:
        cycle = ", ".join(reversed(error.args[1]))
        raise PlanError(
            f"the plan's changes depend on each other in a cycle: {cycle}", "plan again"
        ) from error
