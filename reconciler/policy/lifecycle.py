"""The rules about the whole: a desired state that is empty, and access that a change leaves behind."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.kinds import person_of
from reconciler.model.plan import Change
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index
from reconciler.policy.name_index import NAMED_KINDS

_HINT: Final = "if that is meant, set allowEmpty: true in the configuration"


def empty_state(index: Index) -> Iterator[Violation]:
    """The files ask for something, unless the configuration says `allowEmpty: true`."""
    readable = not index.world.repository.unreadable
    if readable and not index.settings.allow_empty and not _describes_something(index):
        message = "the files describe no partner, access group or API product"
        yield Violation(index.configuration, ("spec", "paths"), message, _HINT)


def emptied_state(index: Index) -> Iterator[Violation]:
    """Nor do they ask for nothing while the portal holds something of ours, as when all has ended."""
    desired, live = index.world.desired, index.world.live
    if desired is None or live is None or desired.resources or not _describes_something(index):
        return
    if not index.settings.allow_empty and any(
        resource.mark == desired.scope for resource in live.resources.values()
    ):
        message = "the files ask for nothing, and everything of ours in the portal would be deleted"
        yield Violation(index.configuration, ("spec", "paths"), message, _HINT)


def _describes_something(index: Index) -> bool:
    return any(document.kind is None or document.kind in NAMED_KINDS for document in index.documents)


def keeps_access(index: Index) -> Iterator[Violation]:
    """Nobody who is no longer named an admin stays a member of a team whose members are delegated."""
    desired, changes = index.world.desired, index.world.changes
    for change in changes or ():
        team = "team/" + "/".join(change.id.split("/")[1:3])
        if desired is not None and team in desired.delegated and _demotes(change):
            origin = desired.resources[team].origin
            if origin is not None:
                yield Violation(
                    origin.document,
                    (*origin.path[:-1], "admins"),
                    f"{person_of(change.id)} is no longer named an admin of team"
                    f' "{team.removeprefix("team/")}", and stays a member of it',
                    "its admins can remove them; blocked takes them out of every team of the partner",
                    id=change.id,
                )


def _demotes(change: Change) -> bool:
    before, after = change.before or {}, change.after or {}
    return change.kind == "membership" and (before.get("role"), after.get("role")) == ("admin", "member")


def passing_access(index: Index) -> Iterator[Violation]:
    """While a plan is applied, nobody has less or more access than both before and after it.

    Where no order of the changes spares somebody, they are named.
    """
    for each in index.world.passing:
        people = named(each.people)
        less = each.direction == "below"
        what = "lack access that they keep" if less else "have access that they neither had nor get"
        message = f"while this plan is applied, {people} may {what}: {', '.join(each.apis)}"
        hint = f"apply it in two steps; no order of these changes spares them: {named(each.changes)}"
        yield Violation(index.configuration, ("spec",), message, hint)
