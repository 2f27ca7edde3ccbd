"""Keep the fields that a portal can store, and report the limits and the information that it cannot."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from reconciler.model.document import Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.kinds import KINDS
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Resource, ResourceId
from reconciler.project.limits import LIMITS, Limit, unmet
from reconciler.project.notes import Notes
from reconciler.project.team_of_one import is_for_person
from reconciler.project.text_limits import unaccepted_texts
from reconciler.project.unsupported import unsupported

Affected: TypeAlias = defaultdict[str, list[ResourceId]]


class FieldFilter:
    """Collects the resources that a portal can store, and the fields that it cannot."""

    def __init__(
        self,
        can: Capabilities,
        notes: Notes,
        affected: Affected,
        names: Mapping[ResourceId, str],
    ) -> None:
        self.resources: dict[ResourceId, Resource] = {}
        self._affected = affected
        self._can = can
        self._names = names
        self._notes = notes
        self._stored = stored_fields(can)
        self._is_limited = _is_limited(can, self._stored)
        self._git_only: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, resources: dict[ResourceId, Resource]) -> Iterator[Finding]:
        """Keep what the portal can store of all resources, and yield findings about its limits."""
        if not self._is_limited:
            self.resources = resources
            return
        for each in resources.values():
            yield from self._add_limited(each)

    def _add_limited(self, resource: Resource) -> Iterator[Finding]:
        """Add what the portal can store of a resource, and yield findings about the rest."""
        kind = resource.kind
        stored = self._stored.get(kind)
        if stored is None and kind != "partner":
            yield from unsupported(resource, f"does not support the kind {kind}")
            return
        fields = dict(resource.fields)
        for field, value in resource.fields.items():
            yield from self._field(resource, field, value, fields)
        for field, what in unaccepted_texts(resource, self._can, self._names.get(resource.id)):
            yield from unsupported(resource, what, field)
        # A portal without partners has their names in those of their teams.
        if stored is None:
            return
        if not self._can.developer_grants and is_for_person(resource.id):
            yield from unsupported(
                resource,
                "does not support grants to single people",
                hint=self._notes.missing("developerGrants"),
            )
        else:
            fits = fields == resource.fields
            self.resources[resource.id] = (
                resource if fits else msgspec.structs.replace(resource, fields=fields)
            )

    def leave_in_git(self, resources: Iterable[Resource]) -> None:
        """Note the information of resources that the portal has in another form."""
        for each in resources:
            self._git_only[each.kind].update(
                field for field in each.fields if f"{each.kind}.{field}" not in LIMITS
            )

    def notes(self, settings: Origin | None) -> Iterator[Finding]:
        """Yield the note about information that only git stores, at the settings of the portal."""
        if self._kinds():
            listed = "; ".join(f"{kind}: {', '.join(sorted(self._git_only[kind]))}" for kind in self._kinds())
            message = f"the portal cannot store some information, which is only in git ({listed})"
            source = settings.document.where(*settings.path[:-1]) if settings else None
            yield Finding.at(source, "git-only", message, severity=Severity.INFO)

    def _field(self, resource: Resource, field: str, value: Any, fields: dict[str, Any]) -> Iterator[Finding]:
        """Remove a field that is not stored from `fields`, and yield a finding if it restricts people."""
        key = f"{resource.kind}.{field}"
        limit = LIMITS.get(key)
        if key not in self._can.fields:
            del fields[field]
        if limit is None:
            if field not in fields:
                self._git_only[resource.kind].add(field)
        elif what := unmet(key, value, self._can):
            if limit.fallback in self._notes.chosen:
                self._affected[limit.fallback].append(resource.id)
                if limit.fallback == "admins" and field in fields:
                    fields[field] = limit.unrestricted
            else:
                yield from unsupported(resource, what, field, *self._hint(limit))

    def _hint(self, limit: Limit) -> tuple[str, ...]:
        return (self._notes.missing(limit.fallback),) if limit.fallback else ()

    def _kinds(self) -> list[str]:
        return [kind for kind in KINDS if self._git_only.get(kind)]


def stored_fields(can: Capabilities) -> dict[str, set[str]]:
    """Return the stored fields of each supported kind."""
    stored: dict[str, set[str]] = {kind: set() for kind in can.kinds}
    for key in can.fields:
        kind, _, field = key.partition(".")
        if kind in stored:
            stored[kind].add(field)
    return stored


def _is_limited(can: Capabilities, stored: Mapping[str, set[str]]) -> bool:
    """Return whether a portal cannot store all kinds, fields and values that files define."""
    is_limited = can.limits or not (can.team_admins and can.developer_grants and can.enforces_until)
    return bool(is_limited) or not KINDS.keys() - {"api-grant"} <= _storable(stored)


def _storable(stored: Mapping[str, set[str]]) -> set[str]:
    """Return the kinds of which all fields are stored."""
    return {name for name, kind in KINDS.items() if name in stored and kind.fields.keys() <= stored[name]}


def not_storable(
    resources: Mapping[ResourceId, Resource], stored: Mapping[str, set[str]]
) -> Collection[ResourceId]:
    """Return the ids of resources whose kind is not stored, or some of whose fields are not.

    Resources of a kind have no other fields than the table of kinds, so most are decided by their kind.
    """
    storable = tuple(f"{kind}/" for kind in _storable(stored))
    return {
        resource_id
        for resource_id, each in resources.items()
        if not resource_id.startswith(storable)
        and ((fields := stored.get(each.kind)) is None or not each.fields.keys() <= fields)
    }


def with_fields(resource: Resource, stored: set[str]) -> Resource:
    """Return a resource with only these fields."""
    kept = {field: value for field, value in resource.fields.items() if field in stored}
    return msgspec.structs.replace(resource, fields=kept)
