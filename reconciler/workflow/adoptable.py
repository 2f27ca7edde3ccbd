"""Choose the objects to adopt: by id, partner, group or owner label, and only what the files define."""

from collections.abc import Iterable, Sequence

from reconciler.errors import InputError
from reconciler.model.counting import counted
from reconciler.model.ids import name_of
from reconciler.model.kinds import has_owner_label, kind_row, partner_of, renamed
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.policy.suggestions import Suggestions
from reconciler.workflow.plan_options import PlanOptions

_GIVE_IDS = "give ids of partners, teams, products and groups in the files: partner/acme, team/acme/ops"
_GIVE_NAMES = "give the names of partners and access groups that the files define and the portal has"


def objects_to_adopt(
    defined: Desired, desired: Desired, live: Live, options: PlanOptions
) -> dict[ResourceId, ResourceId]:
    """Return the objects to adopt: the ids in the files with the live ones, which differ before a rename.

    `defined` is what the files define, `desired` as much of it as the portal can have. Raises InputError that
    lists everything that cannot be adopted.
    """
    objects = _Objects(defined, desired, live)
    if options.adopt_from is not None:
        return objects.labelled(options.adopt_from)
    return objects.unmanaged(objects.held if options.adopt_all else objects.chosen(options))


class _Objects:
    """The objects with an owner label that the files define; `held` has those that the portal has."""

    def __init__(self, defined: Desired, desired: Desired, live: Live) -> None:
        self._defined, self._desired, self._live = defined, desired, live
        self._ids = [each.id for each in defined.resources.values() if each.owner_label is not None]
        live_ids = _live_ids(desired, live)
        labelled = (each.id for each in desired.resources.values() if each.owner_label is not None)
        self.held = {each: live_ids[each] for each in labelled if each in live_ids}
        self._new_names = {old: new for new, old in self.held.items()}
        self._suggestions = Suggestions()

    def unmanaged(self, ids: Iterable[ResourceId]) -> dict[ResourceId, ResourceId]:
        """Return those of these objects that this configuration does not manage."""
        live, scope = self._live.resources, self._desired.scope
        found = {each: self.held[each] for each in ids if each in self.held}
        return {each: held for each, held in found.items() if live[held].owner_label != scope}

    def labelled(self, label: str) -> dict[ResourceId, ResourceId]:
        """Return the objects with an owner label. Raises InputError where there is none."""
        scope, live = self._desired.scope, self._live.resources
        if label == scope:
            raise InputError(f'"{label}" is the owner label of this configuration', "give its former label")
        number = sum(each.owner_label == label for each in live.values())
        if not number:
            labels = sorted({each.owner_label for each in live.values() if each.owner_label} - {scope})
            other = f"other owner labels in the portal: {', '.join(labels)}"
            hint = other if labels else "no other label is in use"
            raise InputError(f'nothing in the portal has the owner label "{label}"', hint)
        found = {each: held for each, held in self.held.items() if live[held].owner_label == label}
        if not found:
            objects = counted(number, "object")
            raise InputError(
                f'no file defines any of the {objects} with the owner label "{label}"', "define them first"
            )
        return found

    def chosen(self, options: PlanOptions) -> list[ResourceId]:
        """Return what is chosen by id, partner or group. Raises InputError for what cannot be adopted."""
        ids = [self._new_names.get(each, each) for each in options.adopt]
        found = [
            *((each, [each]) for each in ids),
            *((f"partner/{each}", self._of_partner(each)) for each in options.adopt_partners),
            *((f"access-group/{each}", self._of_group(each)) for each in options.adopt_groups),
        ]
        problems = [problem for each in found if (problem := self._problem(*each))]
        if problems:
            raise InputError("\n".join(problems), _GIVE_IDS if options.adopt else _GIVE_NAMES)
        return list(dict.fromkeys(each for _, several in found for each in several))

    def _of_partner(self, name: str) -> list[ResourceId]:
        """Return a partner and its teams."""
        return [each for each in self._ids if partner_of(each) == name]

    def _of_group(self, name: str) -> list[ResourceId]:
        """Return a group and its products."""
        items = f"access-item/{name}/product/"
        products = [each for each in self._defined.resources if each.startswith(items)]
        return [f"access-group/{name}", *(f"api-product/{each.removeprefix(items)}" for each in products)]

    def _problem(self, resource_id: ResourceId, ids: Sequence[ResourceId]) -> str:
        """Return why an object, with what belongs to it, cannot be adopted; empty if it can."""
        wanted = self._defined.resources.get(resource_id) or self._desired.resources.get(resource_id)
        if wanted is None:
            if resource_id in self._defined.because:
                return f"{resource_id} has ended by the files, so it cannot be adopted"
            suggestion = self._similar(resource_id)
            return "; ".join(filter(None, [f"{resource_id} is not defined in any file", suggestion]))
        if wanted.owner_label is None:
            return f"{resource_id} cannot be adopted on its own; adopt its parent"
        if not any(each in self._desired.resources for each in ids):
            return f"{resource_id} cannot be adopted; this portal has no {kind_row(wanted.kind).plural}"
        if any(each in self.held for each in ids):
            return ""
        return f"{resource_id} is not in the portal"

    def _similar(self, resource_id: ResourceId) -> str:
        """Return `did you mean "…"?` with the same names but another kind, or a similar id."""
        names = {resource_id, name_of(resource_id)}
        same = next((each for each in self._ids if name_of(each) in names), None)
        return f'did you mean "{same}"?' if same else self._suggestions.find(resource_id, self._ids)


def _live_ids(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return the live ids of objects by the ids after pending renames, which managed objects alone get."""
    names: dict[ResourceId, ResourceId] = {}
    for new, places in desired.renames.items():
        formers = [old for each in places for old in each]
        found = [old for old in formers if old in live.resources and old not in desired.resources]
        if len(found) == 1 and new not in live.resources:
            names[found[0]] = new
    return {renamed(each, names): each for each in live.resources if has_owner_label(each)}
