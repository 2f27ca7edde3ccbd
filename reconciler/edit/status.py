"""Suspend, resume and end a partner, and end a team, as operations on the partner's document."""

from typing import Any, Literal

from reconciler.edit.access import holder_of
from reconciler.edit.operations import Drop, Operation, Put
from reconciler.edit.yaml.canonical import key_after
from reconciler.errors import InputError

Status = Literal["active", "suspended", "ended"]


def status_of(data: Any, team: str) -> Status:
    """Return the status of a team, or of the partner itself if `team` is empty. Raises InputError."""
    _, holder = holder_of(data, team)
    status: Status = holder.get("status", "active")
    return status


def status_changed(data: Any, team: str, status: Status) -> list[Operation]:
    """Return the operations that set the status, or none if it is set already. Raises InputError.

    What has ended does not become active or suspended again.
    """
    before = status_of(data, team)
    if before == status:
        return []
    if before == "ended":
        name = f"{data['metadata']['name']}/{team}" if team else f'partner "{data["metadata"]["name"]}"'
        raise InputError(
            f"{name} has ended: what was applied of that is deleted",
            "remove `status: ended` from the file by hand to create it again",
        )
    path, holder = holder_of(data, team)
    if status == "active":
        return [Drop(path, "status")]
    return [Put(path, "status", status, before=key_after("Partner", path, "status", holder))]
