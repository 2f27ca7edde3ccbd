"""Builders of states: what files ask for, and what a portal holds, without a portal."""

from collections.abc import Iterable
from typing import Any

from reconciler.desired import build_desired_state
from reconciler.model.document import Document
from reconciler.model.hierarchy import after_renames
from reconciler.model.kinds import has_owner_label
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Live, Resource
from reconciler.model.snapshot import Snapshot
from tests.builders import repository

TODAY = "2026-11-24"


def wanted(*documents: Document, today: str = TODAY, configured: Document | None = None) -> Desired:
    return build_desired_state(repository(*documents, configured=configured), today)


def live(resources: Iterable[Resource] = (), **others: Any) -> Live:
    return Live("portal-1", {each.id: each for each in resources}, {}, **others)


def snapshot(held: Live) -> Snapshot:
    """Return what an adapter reads in a portal with this state."""
    return Snapshot(
        portal_id=held.portal_id,
        resources=held.resources,
        apis=held.apis,
        native={},
        proof="" if held.problem else "the state is made by the test",
        problem=held.problem,
        accounts=held.accounts,
    )


def holding(*documents: Document, today: str = TODAY) -> list[Resource]:
    """Return what a portal holds after these files were applied on a day, everybody having accepted."""
    return [accepted(each) for each in wanted(*documents, today=today).resources.values()]


def accepted(resource: Resource) -> Resource:
    state = "active" if resource.kind == "membership" else None
    return Resource(resource.id, resource.fields, resource.owner_label, state)


def member(address: str, team: str = "acme/integration", role: str = "member", **others: Any) -> Resource:
    fields = {"role": role, **others.pop("fields", {})}
    return Resource(f"membership/{team}/{address}", fields, state=others.pop("state", "active"), **others)


def made(state: Live, changes: Iterable[Change], owner_label: str) -> Live:
    """Return the state that a portal without faults holds once these changes are made."""
    changes = list(changes)
    renames = {change.renamed_from: change.id for change in changes if change.renamed_from}
    resources = dict(after_renames(state.resources, renames))
    for change in changes:
        before = resources.pop(change.id, None)
        if change.action == "delete":
            continue
        labelled = has_owner_label(change.id)
        lasting = (
            before.owner_label if before and change.action == "update" else owner_label if labelled else None
        )
        state_of = "active" if change.kind == "membership" else None
        resources[change.id] = Resource(change.id, dict(change.after or {}), lasting, state_of)
    return Live(
        state.portal_id,
        {
            each: Resource(each, held.fields, held.owner_label, held.state, held.invited_at)
            for each, held in resources.items()
        },
        state.apis,
    )
