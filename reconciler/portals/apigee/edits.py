"""What changes make of an AppGroup, without sending anything."""

from collections.abc import Mapping
from typing import Any

from reconciler.errors import PortalError
from reconciler.model.ids import decoded
from reconciler.model.kinds import name_in, person_of
from reconciler.model.plan import Change
from reconciler.portals.apigee.api import FoundGroup
from reconciler.portals.apigee.app_group import (
    APIS,
    MEMBERS,
    OWNER,
    AppGroup,
    Json,
    apis_text,
    members_text,
    with_attribute,
    with_role,
)
from reconciler.portals.refusals import changed


class Edit:
    """An AppGroup with changes. Each of them is checked first; everything else stays as it was read."""

    def __init__(self, found: FoundGroup, label: str, former_owner: str | None) -> None:
        self.raw: Json = found.raw
        self._group = found.group
        self._owners = {label, former_owner}
        self._label = label
        try:
            self._entries = self._former_entries = found.group.entries
        except ValueError as error:
            raise PortalError(f"AppGroup {found.group.name}: {error}", "repair it in Apigee") from error
        self._apis = set(found.group.apis)

    def add(self, change: Change) -> None:
        """Make a change. Raises ApiError if the AppGroup has changed since the plan was made."""
        self._require_fit(change)
        after = change.after or {}
        if change.kind == "membership":
            self._entries = with_role(
                self._entries, str(name_in(change.id, "person")), person_of(change.id), after.get("role")
            )
        elif change.kind == "api-grant":
            api = api_of(change)
            self._apis = self._apis - {api} if change.action == "delete" else self._apis | {api}
        elif change.action == "adopt":
            self.raw = with_attribute(self.raw, OWNER, self._label)
        else:
            self.raw = _with_display_name(self.raw, after)

    def result(self) -> Json:
        """Return the AppGroup with all changes."""
        raw = self.raw
        if self._entries != self._former_entries:
            raw = with_attribute(raw, MEMBERS, members_text(self._entries))
        if self._apis != self._group.apis:
            raw = with_attribute(raw, APIS, apis_text(self._apis))
        return raw

    def _require_fit(self, change: Change) -> None:
        """Raise ApiError unless the AppGroup is as it was before the change, or already as after it."""
        group = self._group
        owners = self._owners if change.action == "adopt" else {self._label}
        if group.owner not in owners or not fits(group, change, change.before, change.after):
            raise changed(change.id)


def fits(group: AppGroup, change: Change, *states: Mapping[str, Any] | None) -> bool:
    """Return whether the object of a change has one of these states. Grants always fit: they add up."""
    if change.kind == "membership":
        role = group.members.get(str(name_in(change.id, "person")))
        return role in {(state or {}).get("role") for state in states}
    return change.kind == "api-grant" or group.fields in states


def api_of(change: Change) -> str:
    """Return the API of a grant."""
    return decoded(change.id.split("/")[1])


def _with_display_name(raw: Json, after: Mapping[str, Any]) -> Json:
    kept = {key: value for key, value in raw.items() if key != "displayName"}
    return {**kept, **({"displayName": after["displayName"]} if "displayName" in after else {})}
