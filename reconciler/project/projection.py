"""Project a state: leave out what a portal cannot store, and report what that restricts."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from reconciler.model.document import Origin
from reconciler.model.finding import Finding
from reconciler.model.portal import Capabilities
from reconciler.model.portal_names import names_for
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.project.accounts import accounts_missing
from reconciler.project.api_grants import expand, grants_apis
from reconciler.project.bundles import lacks_products, unbundle
from reconciler.project.fields import Affected, FieldFilter, not_storable, stored_fields, with_fields
from reconciler.project.limits import needed_fallbacks
from reconciler.project.names import misnamed, names_that_differ_by_case
from reconciler.project.notes import Notes
from reconciler.project.owner_labels import missing_labels
from reconciler.project.renames import impossible_renames
from reconciler.project.substitutes import with_objects
from reconciler.project.team_of_one import reserved_name


class Projection(msgspec.Struct, frozen=True):
    """A desired state as a portal can store it.

    `defined` has the same objects with all fields that the files define, for rules. It also has groups and
    products if the portal has grants of APIs, or groups of APIs, instead. `names` are those that objects have
    in the portal, where they differ. `findings` are the errors about what the portal cannot store, `notes`
    say what only git stores, and what the fallbacks mean.
    """

    desired: Desired
    defined: Desired
    names: Mapping[ResourceId, str] = MappingProxyType({})
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


class PortalProfile(msgspec.Struct, frozen=True):
    """What a portal can store, the fallbacks for the rest, and where these are in the configuration.

    `name` is what the configuration calls the portal.
    """

    can: Capabilities
    name: str = ""
    fallbacks: Fallbacks = Fallbacks()
    settings: Origin | None = None


def project(desired: Desired, profile: PortalProfile, live: Live | None = None) -> Projection:
    """Return the desired state as a portal can store it, with findings about the rest.

    Information that the portal cannot store stays in git. Limits that it cannot store are errors, unless the
    settings of the portal name a fallback. Without the live state, pending renames are not checked.
    """
    can = _consistent(profile.can)
    notes = Notes(profile.fallbacks, profile.name, profile.settings)
    affected = Affected(list)
    defined = with_objects(_without_roles(desired, can), can, notes.chosen, affected, live)
    granted = _without_bundles(defined, can)
    names = names_for(profile.name, desired.external_names)
    field_filter = FieldFilter(can, notes, affected, names)
    findings = [*missing_labels(desired, can, profile.settings)]
    findings += [] if live is None else _against_portal(defined, names, can, live)
    if can.case_insensitive_names:
        findings += names_that_differ_by_case(granted.resources.values(), names)
    if "developerGrants" in affected:
        findings += reserved_name(desired)
    if "invitations" not in notes.chosen:
        findings += accounts_missing(defined, can, live, notes.missing("invitations"))
    if granted is not defined:
        replaced = defined.resources.keys() - granted.resources.keys()
        field_filter.leave_in_git(defined.resources[each] for each in replaced)
    findings += field_filter.add(granted.resources)
    found = [*field_filter.notes(profile.settings), *notes.unused(needed_fallbacks(can))]
    found += [notes.of_use(option, ids, defined, live) for option, ids in affected.items()]
    projected = msgspec.structs.replace(granted, resources=field_filter.resources)
    return Projection(projected, _with_groups(granted, defined), names, tuple(findings), tuple(found))


def _without_roles(desired: Desired, can: Capabilities) -> Desired:
    """Return the desired state for a portal where an admin is a member: then neither role was read."""
    if can.team_admins or not desired.not_pulled:
        return desired
    roles = frozenset({"admin", "member"})
    return msgspec.structs.replace(desired, not_pulled=dict.fromkeys(desired.not_pulled, roles))


def _without_bundles(defined: Desired, can: Capabilities) -> Desired:
    """Return the desired state without the groups and products that the portal does not have."""
    if grants_apis(can):
        return expand(defined)
    return unbundle(defined) if lacks_products(can) else defined


def _with_groups(granted: Desired, defined: Desired) -> Desired:
    """Return the desired state with the groups and products that it was expanded from."""
    if granted is defined:
        return defined
    groups = {key: each for key, each in defined.resources.items() if each.kind != "grant"}
    return msgspec.structs.replace(granted, resources={**groups, **granted.resources})


def project_live(live: Live, can: Capabilities) -> Live:
    """Return the live state with only the kinds and fields that the portal declares to store."""
    stored = stored_fields(can)
    others = not_storable(live.resources, stored)
    if not others:
        return live
    resources = {
        each.id: with_fields(each, stored[each.kind]) if each.id in others else each
        for each in live.resources.values()
        if each.kind in stored
    }
    return msgspec.structs.replace(live, resources=resources)


def _against_portal(
    defined: Desired, names: Mapping[ResourceId, str], can: Capabilities, live: Live
) -> list[Finding]:
    """Return the errors about what the portal has: renames that it cannot make, and other names."""
    return [*impossible_renames(defined, live, can), *misnamed(defined, names, live)]


def _consistent(can: Capabilities) -> Capabilities:
    """Return the capabilities without fields of kinds that the portal does not support."""
    fields = frozenset(key for key in can.fields if key.partition(".")[0] in can.kinds)
    return can if fields == can.fields else msgspec.structs.replace(can, fields=fields)
