"""Project a state: leave out what a portal cannot store, and report what that restricts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from reconciler.model.finding import Finding, Severity
from reconciler.model.kinds import KINDS
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.project.limits import is_limit, unmet
from reconciler.project.places import place
from reconciler.project.renames import impossible_renames, with_team_renames
from reconciler.project.text_limits import unaccepted_texts


class Projection(msgspec.Struct, frozen=True):
    """A desired state as a portal can store it.

    `findings` are the errors about what it cannot store, `notes` the information that only git stores.
    """

    desired: Desired
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def project(desired: Desired, can: Capabilities, live: Live | None = None) -> Projection:
    """Return the desired state as a portal can store it, with findings about the rest.

    Information that the portal cannot store stays in git. Limits that it cannot store are errors. Without
    the live state, pending renames are not checked.
    """
    can = _consistent(can)
    desired = with_team_renames(desired, can)
    collector = _Collector(can)
    findings = [] if live is None else list(impossible_renames(desired, live, can))
    for each in desired.resources.values():
        findings += collector.add(each)
    projected = msgspec.structs.replace(desired, resources=collector.resources)
    return Projection(projected, tuple(findings), tuple(collector.notes()))


def project_live(live: Live, can: Capabilities) -> Live:
    """Return the live state with only the kinds and fields that the portal declares to store."""
    stored = _stored_fields(can)
    resources = {
        each.id: each if each.fields.keys() <= stored[each.kind] else _with_fields(each, stored[each.kind])
        for each in live.resources.values()
        if each.kind in stored
    }
    return msgspec.structs.replace(live, resources=resources)


class _Collector:
    """Collects the resources that a portal can store, and the fields that it cannot."""

    def __init__(self, can: Capabilities) -> None:
        self.resources: dict[ResourceId, Resource] = {}
        self._can = can
        self._stored = _stored_fields(can)
        self._git_only: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, resource: Resource) -> Iterator[Finding]:
        """Add a resource as far as the portal can store it, and yield findings about its limits."""
        kind, stored = resource.kind, self._stored.get(resource.kind)
        if stored is None and kind != "partner":
            yield from _cannot(resource, f"does not support the kind {kind}")
            return
        for field, value in resource.fields.items():
            yield from self._field(resource, field, value)
        # A portal without partners has their names in those of their teams.
        if stored is None:
            return
        for field, what in unaccepted_texts(resource, self._can):
            yield from _cannot(resource, what, field)
        if not self._can.developer_grants and _is_for_person(resource.id):
            yield from _cannot(resource, "does not support grants to single people")
            return
        fits = resource.fields.keys() <= stored
        self.resources[resource.id] = resource if fits else _with_fields(resource, stored)

    def notes(self) -> Iterator[Finding]:
        """Yield the note about information that only git stores, if there is any."""
        if self._git_only:
            listed = "; ".join(f"{kind}: {', '.join(sorted(self._git_only[kind]))}" for kind in self._kinds())
            message = f"the portal cannot store some information, which is only in git ({listed})"
            yield Finding.at(None, "git-only", message, severity=Severity.INFO)

    def _field(self, resource: Resource, field: str, value: Any) -> Iterator[Finding]:
        key = f"{resource.kind}.{field}"
        if is_limit(key):
            if what := unmet(key, value, self._can):
                yield from _cannot(resource, what, field)
        elif key not in self._can.fields:
            self._git_only[resource.kind].add(field)

    def _kinds(self) -> list[str]:
        return [kind for kind in KINDS if kind in self._git_only]


def _consistent(can: Capabilities) -> Capabilities:
    """Return the capabilities without fields of kinds that the portal does not support."""
    fields = frozenset(key for key in can.fields if key.partition(".")[0] in can.kinds)
    return can if fields == can.fields else msgspec.structs.replace(can, fields=fields)


def _is_for_person(resource_id: ResourceId) -> bool:
    return resource_id.startswith("grant/") and resource_id.split("/")[2] == "developer"


def _stored_fields(can: Capabilities) -> dict[str, set[str]]:
    """Return the stored fields of each supported kind."""
    stored: dict[str, set[str]] = {kind: set() for kind in can.kinds}
    for key in can.fields:
        kind, _, field = key.partition(".")
        if kind in stored:
            stored[kind].add(field)
    return stored


def _with_fields(resource: Resource, stored: set[str]) -> Resource:
    kept = {field: value for field, value in resource.fields.items() if field in stored}
    return msgspec.structs.replace(resource, fields=kept)


def _cannot(resource: Resource, what: str, field: str = "name") -> Iterator[Finding]:
    if resource.origin is not None:
        message = f"the portal {what}, which {resource.id} requires"
        hint = "change the definition to something that the portal supports"
        source = place(resource.origin, field)
        yield Finding.at(source, "unsupported", message, hint, id=resource.id)
