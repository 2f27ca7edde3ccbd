"""The stage of a plan that adopts objects, and reports what the next plan then removes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from reconciler.access import impact
from reconciler.diff import Difference, adoption, diff
from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity
from reconciler.model.graph.delta import Delta
from reconciler.model.kinds import parents, title_of
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.policy.enumeration import named
from reconciler.workflow.adoptable import objects_to_adopt
from reconciler.workflow.plan.inputs import Inputs

_RULE: Final = "adoption"
_STAY: Final = "define what should stay in the files before you apply the next plan"


class Adoption(msgspec.Struct, frozen=True):
    """The changes that adopt objects, with what they mean, and the live state after them."""

    difference: Difference
    live: Live


def adopt(inputs: Inputs, desired: Desired) -> Adoption:
    """Return the adoption of the chosen objects. Raises InputError for what cannot be adopted."""
    live = inputs.live
    objects = objects_to_adopt(inputs.desired, desired, live, inputs.options)
    adopted = set(objects.values())
    resources = {
        each.id: msgspec.structs.replace(each, owner_label=desired.scope) if each.id in adopted else each
        for each in live.resources.values()
    }
    after = msgspec.structs.replace(live, resources=resources)
    findings = [*_left(inputs, adopted), *_consequences(desired, live, after, objects)]
    found = adoption(desired, live, adopted)
    return Adoption(msgspec.structs.replace(found, findings=tuple(findings)), after)


def _left(inputs: Inputs, adopted: Collection[ResourceId]) -> Iterator[Finding]:
    """Yield a warning about objects with the chosen owner label that no file defines."""
    label = inputs.options.adopt_from
    left = [
        each.id
        for each in inputs.live.resources.values()
        if label is not None and each.owner_label == label and each.id not in adopted
    ]
    if left:
        objects = counted(len(left), "object")
        message = f'{objects} with the owner label "{label}" {"is" if len(left) == 1 else "are"} not adopted,'
        what = (
            f"{message} because no file defines {'it' if len(left) == 1 else 'them'}: {named(sorted(left))}"
        )
        hint = "define them and adopt them, or delete them in the portal"
        yield Finding.at(None, _RULE, what, hint, severity=Severity.WARNING)


def _consequences(
    desired: Desired, live: Live, after: Live, objects: Mapping[ResourceId, ResourceId]
) -> Iterator[Finding]:
    """Yield warnings about what the next plan removes because of the adoption, and who loses access."""
    known = {change.id: (change.action, change.after) for change in diff(desired, live).changes}
    changes = [
        change
        for change in diff(desired, after).changes
        if known.get(change.id) != (change.action, change.after)
    ]
    for adopted, removed in sorted(_removals(changes, objects).items()):
        wanted = desired.resources[adopted]
        message = f"after the adoption of {adopted}, the next plan removes {named(removed)}"
        source = wanted.origin.source if wanted.origin else None
        yield Finding.at(source, _RULE, message, _STAY, severity=Severity.WARNING, id=adopted)
    lost = impact(Delta(after.resources, changes), desired.today).lost
    people = sorted({person for row in lost for person in row.people})
    if people:
        whom = f"{counted(len(people), 'person', 'people')}: {named(people)}"
        message = f"after the adoption, the next plan takes access from {whom}"
        hint = "`reconciler plan` then shows which access; define what should stay in the files before"
        yield Finding.at(None, _RULE, message, hint, severity=Severity.WARNING)


def _removals(
    changes: Sequence[Change], objects: Mapping[ResourceId, ResourceId]
) -> Mapping[ResourceId, list[str]]:
    """Return the names of what is removed, by the adopted object that it belongs to."""
    found: defaultdict[ResourceId, list[str]] = defaultdict(list)
    for change in changes:
        adopted = next((each for each in parents(change.id) if each in objects), None)
        if change.action == "delete" and adopted is not None:
            found[adopted].append(title_of(change.id))
    return found
