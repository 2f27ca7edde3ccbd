"""The index from resource ids, which are made of names, to the uuids of a site."""

from typing import TypeVar

from reconciler.model.ids import decoded
from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.portals.drupal.mapping import Mapped
from reconciler.portals.refusals import missing

Found = TypeVar("Found")


class Index:
    """The uuids of all objects that were read, created or renamed in this run.

    Former names are those that were read.
    """

    def __init__(self) -> None:
        self._found = Mapped()
        self._as_read: dict[ResourceId, str] = {}

    def fill(self, found: Mapped) -> None:
        """Replace the content with a site that was read."""
        self._found = found
        self._as_read = dict(found.objects)

    def known(self, change: Change) -> str | None:
        """Return the object of a change, or None."""
        if change.renamed_from is not None:
            return self._as_read.get(change.renamed_from)
        return self._found.objects.get(change.id)

    def object(self, resource_id: ResourceId) -> str:
        """Return the object of an id. Raises PortalError if there is none."""
        return _found(self._found.objects.get(resource_id), resource_id)

    def put(self, resource_id: ResourceId, uuid: str, *, former: ResourceId | None = None) -> None:
        """Remember an object; one with a new name takes along what is below it."""
        if former is not None and former != resource_id:
            old = next((each for each, known in self._found.objects.items() if known == uuid), former)
            self._found.objects = {
                renamed(each, {old: resource_id}): known for each, known in self._found.objects.items()
            }
            self._found.memberships = {
                renamed(each, {old: resource_id}): known for each, known in self._found.memberships.items()
            }
        self._found.objects[resource_id] = uuid

    def remove(self, resource_id: ResourceId) -> None:
        """Forget an object."""
        self._found.objects.pop(resource_id, None)

    def api(self, name: str) -> str:
        """Return the API of an encoded name. Raises PortalError if there is none."""
        return _found(self._found.apis.get(name), f"the API {decoded(name)}")

    def people(self, person: str) -> list[str]:
        """Return the accounts of an encoded address; there may be several that differ only by case."""
        return self._found.people.get(person, [])

    def put_person(self, person: str, uuid: str) -> None:
        """Remember the account of a person."""
        self._found.people.setdefault(person, []).append(uuid)

    def membership(self, resource_id: ResourceId) -> str | None:
        """Return the membership of an id, if memberships are objects."""
        return self._found.memberships.get(resource_id)

    def put_membership(self, resource_id: ResourceId, uuid: str | None) -> None:
        """Remember or forget a membership."""
        self._found.memberships.pop(resource_id, None)
        if uuid is not None:
            self._found.memberships[resource_id] = uuid

    @property
    def admin_role(self) -> str:
        """The role of admins, if it is an object."""
        return self._found.admin_role


def _found(value: Found | None, what: str) -> Found:
    if value is None:
        raise missing(what)
    return value
