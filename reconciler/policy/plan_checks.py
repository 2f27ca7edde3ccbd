"""Check the whole plan: an empty desired state, access that remains, and transient access while applying."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.ids import name_of
from reconciler.model.kinds import person_of, team_of
from reconciler.model.plan import Change
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index

_HINT: Final = "if this is intended, set allowEmpty: true in the configuration"


def empty_state(index: Index) -> Iterator[Violation]:
    """Report an empty desired state while the portal has managed objects, unless `allowEmpty` is true.

    The files define nothing then, or everything in them has ended. A new repository may be empty.
    """
    desired, live = index.context.desired, index.context.live
    if desired is None or live is None or desired.resources or index.settings.allow_empty:
        return
    if any(resource.owner_label == desired.scope for resource in live.resources.values()):
        message = "the desired state is empty, and everything managed in the portal would be deleted"
        yield Violation(index.configuration, ("spec", "paths"), message, _HINT)


def keeps_access(index: Index) -> Iterator[Violation]:
    """Report people who are no longer listed as admins, but remain members of a delegated team."""
    desired, changes = index.context.desired, index.context.changes
    for change in changes or ():
        team = team_of(change.id) or ""
        if desired is not None and team in desired.delegated and _demotes(change):
            origin = desired.resources[team].origin
            if origin is not None:
                yield Violation(
                    origin.document,
                    (*origin.path[:-1], "admins"),
                    f"{person_of(change.id)} is no longer listed as an admin of team"
                    f' "{name_of(team)}", but remains a member',
                    "ask its admins to remove the person, or use blocked to remove them from all teams",
                    id=change.id,
                )


def _demotes(change: Change) -> bool:
    before, after = change.before or {}, change.after or {}
    return change.kind == "membership" and (before.get("role"), after.get("role")) == ("admin", "member")


def passing_access(index: Index) -> Iterator[Violation]:
    """Report people who temporarily lose or gain access while the plan is applied.

    This happens only if no order of the changes avoids it.
    """
    for each in index.context.passing:
        people = named(each.people)
        less = each.direction == "below"
        what = "lose access that they keep afterwards" if less else "have access that they do not keep"
        message = f"while this plan is applied, {people} may temporarily {what}: {', '.join(each.apis)}"
        hint = f"split the plan in two; no order of these changes avoids it: {named(each.changes)}"
        yield Violation(index.configuration, ("spec",), message, hint)
