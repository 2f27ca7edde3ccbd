"""Wishes: what somebody wants of a plan, and which changes that comes to."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from reconciler.errors import InputError
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live
from reconciler.workflow.projection import projected
from reconciler.workflow.validate import ValidationResult

if TYPE_CHECKING:
    from reconciler.diff import Difference


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who plans says about the plan: its portal, time, commit, and what is to be adopted.

    `adopt` are ids; None plans what the files ask for. `adopt_from` is an owner label: all that has it is
    adopted. `allow` are digests of plans that pass the guard.
    """

    portal: str
    now: datetime
    commit: str | None = None
    adopt: tuple[str, ...] | None = None
    adopt_all: bool = False
    adopt_from: str | None = None
    only_expired: bool = False
    allow: tuple[str, ...] = ()
    capabilities: Capabilities | None = None


def difference(
    checked: ValidationResult, desired: Desired, live: Live, wish: PlanOptions
) -> tuple["Difference", tuple[Change, ...]]:
    """Return what is to change, and the drift that stays as it is."""
    from reconciler.desired import build_desired_state  # noqa: PLC0415  start-up counts
    from reconciler.diff import adoption, branch, diff  # noqa: PLC0415

    if wish.adopt is not None or wish.adopt_all or wish.adopt_from is not None:
        return adoption(desired, live, _to_adopt(desired, live, wish)), ()
    if checked.base is None or checked.base.repository is None:
        return diff(desired, live), ()
    base = msgspec.structs.replace(
        build_desired_state(checked.base.repository, checked.today), scope=desired.scope
    )
    if checked.repository is not None:
        base = projected(base, checked.repository.configuration, wish.portal, wish.capabilities, live).desired
    found = branch(desired, base, live)
    return found.difference, found.drift


def select_changes(changes: tuple[Change, ...], wish: PlanOptions) -> tuple[Change, ...]:
    """Return the changes that are wished for: all, or the removals of what has ended."""
    if not wish.only_expired:
        return changes
    ended = {each.id: each for each in changes if each.action == "delete" and each.because == "expired"}
    # What waits for a rename goes with it: its id is not the portal's yet.
    return tuple(each for each in ended.values() if all(need in ended for need in each.needs))


def _to_adopt(desired: Desired, live: Live, wish: PlanOptions) -> list[str]:
    """Return the ids to adopt. Raises InputError for what cannot be adopted, all of it at once."""
    if wish.adopt_from is not None:
        return _labelled(wish.adopt_from, desired, live)
    if wish.adopt_all:
        return [
            wanted.id
            for wanted in desired.resources.values()
            if wanted.mark is not None
            and (held := live.resources.get(wanted.id)) is not None
            and held.mark != desired.scope
        ]
    wrong = [said for each in wish.adopt or () if (said := _not_adoptable(each, desired, live))]
    if wrong:
        raise InputError("\n".join(wrong), "adopt partners, teams, products and groups that the files name")
    return [each for each in dict.fromkeys(wish.adopt or ()) if live.resources[each].mark != desired.scope]


def _labelled(label: str, desired: Desired, live: Live) -> list[str]:
    """Return all that has an owner label, whether the files define it or not. Raises InputError for none."""
    if label == desired.scope:
        raise InputError(
            f'"{label}" is the owner label of this configuration', "name the one that it had before"
        )
    found = [each.id for each in live.resources.values() if each.mark == label]
    if not found:
        labels = sorted({each.mark for each in live.resources.values() if each.mark} - {desired.scope})
        there = (
            f"other owner labels in the portal: {', '.join(labels)}" if labels else "no other label is in use"
        )
        raise InputError(f'nothing in the portal has the owner label "{label}"', there)
    return found


def _not_adoptable(resource_id: str, desired: Desired, live: Live) -> str | None:
    wanted = desired.resources.get(resource_id)
    if wanted is None:
        return f"{resource_id} stands in no file"
    if wanted.mark is None:
        return f"{resource_id} bears no mark: it belongs to what it hangs on"
    return None if resource_id in live.resources else f"{resource_id} is not in the portal"
