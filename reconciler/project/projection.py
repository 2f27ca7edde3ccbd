"""Project a state: leave out what a portal cannot store, and report what that restricts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from reconciler.model.document import Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.kinds import KINDS
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.project.limits import LIMITS, needed_fallbacks, unmet
from reconciler.project.notes import Notes
from reconciler.project.places import place
from reconciler.project.renames import impossible_renames, with_team_renames
from reconciler.project.team_of_one import is_for_person, reserved_name, with_teams_of_one
from reconciler.project.text_limits import unaccepted_texts

_Used: TypeAlias = defaultdict[str, list[ResourceId]]


class Projection(msgspec.Struct, frozen=True):
    """A desired state as a portal can store it.

    `defined` has the same objects with all fields that the files define, for rules. `findings` are the errors
    about what the portal cannot store, `notes` say what only git stores, and what the fallbacks mean.
    """

    desired: Desired
    defined: Desired
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


class PortalProfile(msgspec.Struct, frozen=True):
    """What a portal can store, the fallbacks for the rest, and where these are in the configuration."""

    can: Capabilities
    fallbacks: Fallbacks = Fallbacks()
    settings: Origin | None = None


def project(desired: Desired, profile: PortalProfile, live: Live | None = None) -> Projection:
    """Return the desired state as a portal can store it, with findings about the rest.

    Information that the portal cannot store stays in git. Limits that it cannot store are errors, unless the
    settings of the portal name a fallback. Without the live state, pending renames are not checked.
    """
    can = _consistent(profile.can)
    notes = Notes(profile.fallbacks, profile.settings)
    used = _Used(list)
    defined = _with_objects(desired, can, notes.chosen, used, live)
    collector = _Collector(can, notes.chosen, used)
    findings = [] if live is None else list(impossible_renames(defined, live, can))
    if "developerGrants" in used:
        findings += reserved_name(desired)
    for each in defined.resources.values():
        findings += collector.add(each)
    found = [*collector.notes(), *notes.unused(needed_fallbacks(can))]
    found += [notes.of_use(option, ids, defined, live) for option, ids in used.items()]
    projected = msgspec.structs.replace(defined, resources=collector.resources)
    return Projection(projected, defined, tuple(findings), tuple(found))


def _with_objects(
    desired: Desired, can: Capabilities, fallbacks: Mapping[str, str], used: _Used, live: Live | None
) -> Desired:
    """Return the desired state with the objects that the portal has, and all fields."""
    desired = with_team_renames(desired, can)
    if "view" in fallbacks:
        used["view"] = [each.id for each in desired.resources.values() if _exceeds_level(each, can)]
        kept = {key: each for key, each in desired.resources.items() if key not in {*used["view"]}}
        desired = msgspec.structs.replace(desired, resources=kept)
    if "developerGrants" in fallbacks and not can.developer_grants:
        used["developerGrants"] = [each for each in desired.resources if is_for_person(each)]
        desired = with_teams_of_one(desired, can, live)
    for option in [option for option, ids in used.items() if not ids]:
        del used[option]
    return desired


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

    def __init__(self, can: Capabilities, fallbacks: Mapping[str, str], used: _Used) -> None:
        self.resources: dict[ResourceId, Resource] = {}
        self._used = used
        self._can = can
        self._fallbacks = fallbacks
        self._stored = _stored_fields(can)
        self._git_only: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, resource: Resource) -> Iterator[Finding]:
        """Add a resource as far as the portal can store it, and yield findings about its limits."""
        kind, stored = resource.kind, self._stored.get(resource.kind)
        if stored is None and kind != "partner":
            yield from _cannot(resource, f"does not support the kind {kind}")
            return
        fields = dict(resource.fields)
        for field, value in resource.fields.items():
            yield from self._field(resource, field, value, fields)
        # A portal without partners has their names in those of their teams.
        if stored is None:
            return
        for field, what in unaccepted_texts(resource, self._can):
            yield from _cannot(resource, what, field)
        if not self._can.developer_grants and is_for_person(resource.id):
            yield from _cannot(
                resource, "does not support grants to single people", "name", "developerGrants"
            )
        else:
            fits = fields == resource.fields
            self.resources[resource.id] = (
                resource if fits else msgspec.structs.replace(resource, fields=fields)
            )

    def notes(self) -> Iterator[Finding]:
        """Yield the note about information that only git stores, if there is any."""
        if self._git_only:
            listed = "; ".join(f"{kind}: {', '.join(sorted(self._git_only[kind]))}" for kind in self._kinds())
            message = f"the portal cannot store some information, which is only in git ({listed})"
            yield Finding.at(None, "git-only", message, severity=Severity.INFO)

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
            if limit.fallback in self._fallbacks:
                self._used[limit.fallback].append(resource.id)
                if limit.fallback == "admins" and field in fields:
                    fields[field] = limit.unrestricted
            else:
                yield from _cannot(resource, what, field, limit.fallback)

    def _kinds(self) -> list[str]:
        return [kind for kind in KINDS if kind in self._git_only]


def _consistent(can: Capabilities) -> Capabilities:
    """Return the capabilities without fields of kinds that the portal does not support."""
    fields = frozenset(key for key in can.fields if key.partition(".")[0] in can.kinds)
    return can if fields == can.fields else msgspec.structs.replace(can, fields=fields)


def _exceeds_level(resource: Resource, can: Capabilities) -> bool:
    """Whether a grant would give more access in this portal than its level."""
    return resource.kind == "grant" and bool(unmet("grant.level", resource.fields.get("level"), can))


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


def _cannot(resource: Resource, what: str, field: str = "name", fallback: str = "") -> Iterator[Finding]:
    if resource.origin is not None:
        message = f"the portal {what}, which {resource.id} requires"
        hint = "change the definition to something that the portal supports"
        if fallback:
            hint += f", or choose a fallback for {fallback} in the portal's settings"
        source = place(resource.origin, field)
        yield Finding.at(source, "unsupported", message, hint, id=resource.id)
