"""Replace objects that a portal cannot have by those that it can, and leave out the others, by fallbacks."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.project.accounts import without_account
from reconciler.project.api_grants import grants_apis
from reconciler.project.fields import Affected
from reconciler.project.limits import unmet
from reconciler.project.renames import with_team_renames
from reconciler.project.team_of_one import (
    ended_teams_of_one,
    is_for_person,
    reserved_name,
    with_teams_of_one,
)


def with_objects(
    desired: Desired, can: Capabilities, fallbacks: Mapping[str, str], affected: Affected, live: Live | None
) -> Desired:
    """Return the desired state with the objects that the portal has, and all fields."""
    desired = with_team_renames(desired, can)
    if "view" in fallbacks:
        affected["view"] = [each.id for each in desired.resources.values() if _exceeds_level(each, can)]
        desired = _without(desired, affected["view"])
    if "developerGrants" in fallbacks and not can.developer_grants:
        affected["developerGrants"] = [each for each in desired.resources if is_for_person(each)]
        desired = with_teams_of_one(desired, can, live)
    elif not any(reserved_name(desired)):
        desired = ended_teams_of_one(desired, can, live)
    if "invitations" in fallbacks:
        affected["invitations"] = list(without_account(desired, can, live))
        if fallbacks["invitations"] == "wait":
            desired = _without(desired, affected["invitations"])
    for option in [option for option, ids in affected.items() if not ids]:
        del affected[option]
    return desired


def _without(desired: Desired, ids: Iterable[ResourceId]) -> Desired:
    omitted = {*ids}
    kept = {key: each for key, each in desired.resources.items() if key not in omitted}
    return msgspec.structs.replace(desired, resources=kept)


def _exceeds_level(resource: Resource, can: Capabilities) -> bool:
    """Whether a grant would give more access in this portal than its level."""
    key = "api-grant.level" if grants_apis(can) else "grant.level"
    return resource.kind == "grant" and bool(unmet(key, resource.fields.get("level"), can))
