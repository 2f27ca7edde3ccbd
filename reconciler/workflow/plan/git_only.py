"""The changes of a branch that the portal cannot store, so that no change of the plan shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.plan import FileChange
from reconciler.model.resource import Desired, Resource, ResourceId
from reconciler.project import Projection


def git_only_changes(
    before: Desired, after: Desired, before_in_portal: Projection, after_in_portal: Projection
) -> Iterator[FileChange]:
    """Yield the changed fields of objects that remain, if they are the same in the portal.

    An object that is replaced in the portal, such as a grant to a person, is shown by what replaces it.
    """
    for resource_id in sorted(before.resources.keys() & after.resources.keys()):
        old, new = before.resources[resource_id], after.resources[resource_id]
        if old.fields != new.fields and resource_id in after_in_portal.defined.resources:
            was = _fields(before_in_portal.desired.resources, resource_id)
            will = _fields(after_in_portal.desired.resources, resource_id)
            yield from (each for each in _changes(old, new) if was.get(each.path) == will.get(each.path))


def _fields(resources: Mapping[ResourceId, Resource], resource_id: ResourceId) -> Mapping[str, Any]:
    return resources[resource_id].fields if resource_id in resources else {}


def _changes(old: Resource, new: Resource) -> Iterator[FileChange]:
    source = new.origin.source if new.origin else None
    for field in sorted({*old.fields, *new.fields}):
        was, will = old.fields.get(field), new.fields.get(field)
        if was != will:
            yield FileChange(about=new.id, path=field, before=was, after=will, source=source)
