"""Capture selected differences, or report why the files cannot follow the portal."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from reconciler.edit.capture.drafts import Drafts
from reconciler.edit.capture.grants import LiveGrants, capture_developer_grant, capture_team_grant
from reconciler.edit.capture.objects import capture_fields, capture_item, capture_team
from reconciler.edit.capture.people import capture_membership
from reconciler.edit.operations import Operation
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.kinds import kind_row, parents
from reconciler.model.plan import Change
from reconciler.model.resource import Because, Resource, ResourceId

_REASONS: Final[dict[Because, tuple[str, str]]] = {
    "expired": ("its last day in the files has passed", "give it a later end in the files"),
    "blocked": ("the files block this person", "remove the person from `blocked` of the partner first"),
    "suspended": ("the files suspend its partner", "use `reconciler resume` first"),
    "ended": ("the files end its partner or team", "change its status in the files first"),
}


class NotCaptured(msgspec.Struct, frozen=True):
    """A difference that the files do not follow, the reason, and a hint."""

    id: ResourceId
    reason: str
    hint: str = ""


class Captured(msgspec.Struct, frozen=True):
    """The operations for each document, the ids of the captured changes, and what was not captured."""

    edits: tuple[tuple[Document, Sequence[Operation]], ...]
    ids: tuple[ResourceId, ...]
    refused: tuple[NotCaptured, ...]


def capture(
    documents: Sequence[Document],
    changes: Sequence[Change],
    live: Mapping[ResourceId, Resource],
    in_group: AbstractSet[ResourceId] = frozenset(),
) -> Captured:
    """Return the edits after which the files define what the portal holds.

    `changes` are those that would change the portal to match the files. New grants are written into the
    partner's file, and those with an id of `in_group` into the group's.
    """
    drafts, captured = Drafts(documents), list[ResourceId]()
    refused: dict[ResourceId, NotCaptured] = {}
    grants = {each.id: each.before for each in changes if each.kind == "grant"}
    gone = {each.id for each in changes if _is_whole(each) and each.action != "update"}
    for change in sorted(changes, key=_rank):
        try:
            if gone.intersection(_ancestors(change.id)):
                # The reason is given once, for the object that it is in.
                continue
            _require_capturable(change)
            _capture(drafts, change, live, grants, in_group)
        except InputError as error:
            refused[change.id] = NotCaptured(change.id, error.message, error.hint)
        else:
            captured.append(change.id)
    return Captured(tuple(drafts.edits()), tuple(captured), tuple(refused.values()))


def _rank(change: Change) -> tuple[int, ResourceId]:
    return kind_row(change.kind).rank, change.id


def _is_whole(change: Change) -> bool:
    return kind_row(change.kind).owner_label


def _ancestors(resource_id: ResourceId) -> list[ResourceId]:
    above = list(parents(resource_id))
    return [*above, *(each for parent in above for each in _ancestors(parent))]


def _require_capturable(change: Change) -> None:
    """Raise InputError where the files cannot follow the portal."""
    if change.because is not None:
        raise InputError(*_REASONS[change.because])
    if change.renamed_from is not None:
        hint = "apply the rename, or undo it in the files"
        raise InputError(f"the files rename it from {change.renamed_from}", hint)
    if change.action == "create" and change.before is not None:
        raise InputError(
            "the portal has it only partly, or its invitation has expired", "apply creates it again"
        )
    if change.kind == "api-grant":
        hint = "use `reconciler grant` or `revoke` with a group that has this API"
        raise InputError("the portal grants single APIs, but the files grant groups", hint)
    if _is_whole(change) and change.action != "update":
        if change.action == "create":
            hint = "apply creates it; to keep it out, end it or delete it from the files"
            raise InputError("it is not in the portal", hint)
        raise InputError("it is not in any file", "restore its file, or write one with `reconciler export`")


def _capture(
    drafts: Drafts,
    change: Change,
    live: Mapping[ResourceId, Resource],
    grants: LiveGrants,
    in_group: AbstractSet[ResourceId],
) -> None:
    held = change.before
    match change.kind, change.id.split("/"):
        case "membership", _:
            capture_membership(drafts, change.id, held)
        case "grant", [_, _, "team", *_]:
            capture_team_grant(drafts, change.id, grants, in_group=change.id in in_group)
        case "grant", _:
            capture_developer_grant(drafts, change.id, held)
        case "team", _:
            capture_team(drafts, change, live)
        case (("product-item" | "access-item"), _):
            capture_item(drafts, change.id, present=held is not None)
        case _:
            capture_fields(drafts, change)
