"""The options of a plan, and the objects that they adopt."""

from datetime import datetime

import msgspec

from reconciler.errors import InputError
from reconciler.model.ids import name_of
from reconciler.model.plan import Selection
from reconciler.model.resource import Desired, Live
from reconciler.policy.suggestions import Suggestions


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a plan.

    `adopt` are ids of objects to adopt. `adopt_from` is an owner label; every object with it is adopted.
    `selection` is which differences the plan makes, unless it adopts. `allow` are digests of plans that the
    guard does not deny. `all_documents` also plans documents that are for other portals.
    """

    portal: str
    now: datetime
    commit: str | None = None
    adopt: tuple[str, ...] | None = None
    adopt_all: bool = False
    adopt_from: str | None = None
    selection: Selection = "all"
    allow: tuple[str, ...] = ()
    all_documents: bool = False

    @property
    def adopts(self) -> bool:
        """Whether the plan adopts objects, instead of changing the portal to match the files."""
        return self.adopt is not None or self.adopt_all or self.adopt_from is not None


def ids_to_adopt(desired: Desired, live: Live, options: PlanOptions) -> list[str]:
    """Return the ids to adopt. Raises InputError that lists everything that cannot be adopted."""
    if options.adopt_from is not None:
        return _labelled(options.adopt_from, desired, live)
    if options.adopt_all:
        return [
            wanted.id
            for wanted in desired.resources.values()
            if wanted.owner_label is not None
            and (held := live.resources.get(wanted.id)) is not None
            and held.owner_label != desired.scope
        ]
    similar = _Similar(desired)
    problems = [
        problem for each in options.adopt or () if (problem := _not_adoptable(each, desired, live, similar))
    ]
    if problems:
        raise InputError(
            "\n".join(problems),
            "give ids of partners, teams, products and groups in the files: partner/acme, team/acme/ops",
        )
    return [
        each
        for each in dict.fromkeys(options.adopt or ())
        if live.resources[each].owner_label != desired.scope
    ]


def _labelled(label: str, desired: Desired, live: Live) -> list[str]:
    """Return every object with an owner label, also undefined ones. Raises InputError where there is none."""
    if label == desired.scope:
        raise InputError(f'"{label}" is the owner label of this configuration', "give its former label")
    found = [each.id for each in live.resources.values() if each.owner_label == label]
    if not found:
        labels = sorted(
            {each.owner_label for each in live.resources.values() if each.owner_label} - {desired.scope}
        )
        hint = (
            f"other owner labels in the portal: {', '.join(labels)}" if labels else "no other label is in use"
        )
        raise InputError(f'nothing in the portal has the owner label "{label}"', hint)
    return found


class _Similar:
    """Finds the id that was probably meant: with the same names but another kind, or a similar one."""

    def __init__(self, desired: Desired) -> None:
        self._ids = [each.id for each in desired.resources.values() if each.owner_label is not None]
        self._suggestions = Suggestions()

    def find(self, resource_id: str) -> str:
        """Return `did you mean "…"?`, or nothing."""
        names = {resource_id, name_of(resource_id)}
        same = next((each for each in self._ids if name_of(each) in names), None)
        return f'did you mean "{same}"?' if same else self._suggestions.find(resource_id, self._ids)


def _not_adoptable(resource_id: str, desired: Desired, live: Live, similar: _Similar) -> str | None:
    wanted = desired.resources.get(resource_id)
    if wanted is None:
        return "; ".join(
            filter(None, [f"{resource_id} is not defined in any file", similar.find(resource_id)])
        )
    if wanted.owner_label is None:
        return f"{resource_id} cannot be adopted on its own; adopt its parent"
    return None if resource_id in live.resources else f"{resource_id} is not in the portal"
