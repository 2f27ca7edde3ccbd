"""Capture memberships: the admins and listed members of a team."""

from collections.abc import Mapping
from typing import Any

from reconciler.edit.access import holder_of
from reconciler.edit.capture.drafts import Drafts, Entry
from reconciler.edit.people import address_in
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded
from reconciler.model.resource import ResourceId
from reconciler.model.source_map import Path

_LISTS = {"admin": "admins", "member": "members"}


def capture_membership(drafts: Drafts, resource_id: ResourceId, live: Mapping[str, Any] | None) -> None:
    """List a person in a team as the portal does; `live` is None if the portal does not."""
    _, partner, team, person = resource_id.split("/")
    here, holder = holder_of(drafts.data("Partner", partner), team)
    delegated = not isinstance(holder.get("members"), list)
    wanted = None if live is None or (delegated and live["role"] == "member") else _LISTS[live["role"]]
    for key in _LISTS.values():
        found = _find(drafts, partner, (*here, key), decoded(person))
        if found is not None and key != wanted:
            drafts.remove(found, keep_empty=True)
        elif found is not None and live is not None:
            drafts.update(found, {"email": address_in(found.value), "until": live.get("until")})
        elif live is not None and key == wanted:
            entry = {"email": decoded(person), "until": live.get("until")}
            drafts.append("Partner", partner, (*here, key), entry)


def _find(drafts: Drafts, partner: str, path: Path, email: str) -> Entry | None:
    found = drafts.entries("Partner", partner, *path)
    return next((each for each in found if canonical_email(address_in(each.value)) == email), None)
