"""Capture memberships: the admins and listed members of a team."""

from collections.abc import Mapping
from typing import Any

from reconciler.edit.capture.drafts import Drafts, Entry
from reconciler.edit.members import email_of
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded
from reconciler.model.resource import ResourceId

_LISTS = {"admin": "admins", "member": "members"}


def capture_membership(drafts: Drafts, resource_id: ResourceId, live: Mapping[str, Any] | None) -> None:
    """List a person in a team as the portal does; `live` is None if the portal does not."""
    _, partner, team, person = resource_id.split("/")
    number = team_number(drafts, partner, team)
    here = ("spec", "teams", number)
    delegated = not isinstance(drafts.data("Partner", partner)["spec"]["teams"][number].get("members"), list)
    wanted = None if live is None or (delegated and live["role"] == "member") else _LISTS[live["role"]]
    for key in _LISTS.values():
        found = _find(drafts, partner, (*here, key), decoded(person))
        if found is not None and key != wanted:
            drafts.remove(found, keep_empty=True)
        elif found is not None and live is not None:
            drafts.update(found, {"email": email_of(found.value), "until": live.get("until")})
        elif live is not None and key == wanted:
            entry = {"email": decoded(person), "until": live.get("until")}
            drafts.append("Partner", partner, (*here, key), entry)


def team_number(drafts: Drafts, partner: str, team: str) -> int:
    """Return the index of a team in its partner's document. Raises InputError where it is not there."""
    for entry in drafts.entries("Partner", partner, "spec", "teams"):
        if entry.value["name"] == team:
            return entry.number
    raise InputError(f'partner "{partner}" has no team "{team}" in {drafts.file("Partner", partner)}')


def _find(drafts: Drafts, partner: str, path: tuple[str | int, ...], email: str) -> Entry | None:
    found = drafts.entries("Partner", partner, *path)
    return next((each for each in found if canonical_email(email_of(each.value)) == email), None)
