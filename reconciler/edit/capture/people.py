"""Capture memberships: the admins and listed members of a team."""

from collections.abc import Mapping
from typing import Any, Final

from reconciler.edit.access import holder_of
from reconciler.edit.capture.drafts import Drafts, Entry
from reconciler.edit.people import address_in
from reconciler.edit.sources import hint_to_add, require_in_file
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded
from reconciler.model.people_lock import Role
from reconciler.model.resource import ResourceId
from reconciler.model.source_map import Path

_LISTS: Final[Mapping[str, Role]] = {"admin": "admins", "member": "members"}


def capture_membership(drafts: Drafts, resource_id: ResourceId, live: Mapping[str, Any] | None) -> None:
    """List a person in a team as the portal does; `live` is None if the portal does not.

    Raises InputError where a source decides about the person.
    """
    _, partner, team, person = resource_id.split("/")
    here, holder = holder_of(drafts.data("Partner", partner), team)
    delegated = holder.get("members", "delegated") == "delegated"
    wanted = None if live is None or (delegated and live["role"] == "member") else _LISTS[live["role"]]
    found = {key: _find(drafts, partner, (*here, key), decoded(person)) for key in _LISTS.values()}
    _require_in_file(f"{partner}/{team}", holder, wanted, is_listed=any(found.values()))
    for key, entry in found.items():
        if entry is not None and key != wanted:
            drafts.remove(entry, keep_empty=True)
        elif entry is not None and live is not None:
            drafts.update(entry, {"email": address_in(entry.value), "until": live.get("until")})
        elif live is not None and key == wanted:
            new = {"email": decoded(person), "until": live.get("until")}
            drafts.append("Partner", partner, (*here, key), new)


def _require_in_file(name: str, team: Mapping[str, Any], wanted: Role | None, *, is_listed: bool) -> None:
    """Raise InputError if the list to change, or the one that has the person, comes from a source."""
    if wanted is not None:
        hint = f"to keep the person, {hint_to_add()}; apply removes the person"
        require_in_file(name, team, wanted, hint)
    elif not is_listed:
        for role in _LISTS.values():
            hint = "to keep the person out, remove them from the group in the directory, or block them"
            require_in_file(name, team, role, hint)


def _find(drafts: Drafts, partner: str, path: Path, email: str) -> Entry | None:
    found = drafts.entries("Partner", partner, *path)
    return next((each for each in found if canonical_email(address_in(each.value)) == email), None)
