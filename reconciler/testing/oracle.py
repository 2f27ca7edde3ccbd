"""The oracle: compare the receipt or journal of a run with the actual state of the portal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from reconciler.model.kinds import renamed
from reconciler.model.plan import ABSENT, Change
from reconciler.model.receipt import Entry
from reconciler.testing.database_state import DatabaseState


class Record(msgspec.Struct, frozen=True):
    """The reported entries of an apply, the state before and after, and concurrent changes in `edited`.

    `last` is the state after all delayed requests have been delivered.
    """

    changes: Sequence[Change]
    entries: Sequence[Entry]
    before: DatabaseState
    after: DatabaseState
    last: DatabaseState
    scope: str
    edited: Mapping[str, Mapping[str, Any]]

    def planned(self) -> dict[str, Change]:
        """Return the changes of existing objects by the portal's ids."""
        names = {change.renamed_from: change.id for change in self.changes if change.renamed_from}
        by_id = {change.id: change for change in self.changes}
        found = {portal_id: renamed(each.id, names) for portal_id, each in self.before.objects.items()}
        return {portal_id: by_id[each] for portal_id, each in found.items() if each in by_id}


def false_reports(record: Record) -> Iterator[str]:
    """Yield false reports (`applied` without effect, `failed` or `skipped` with one) and repeated writes."""
    held = {change.id: portal_id for portal_id, change in record.planned().items()}
    new = record.last.objects.keys() - record.before.objects.keys()
    made = {record.last.objects[portal_id].id: portal_id for portal_id in new}
    for change, entry in zip(record.changes, record.entries, strict=True):
        creates = change.action == "create" and change.precondition == ABSENT
        portal_id = (made if creates else held).get(change.id, "")
        writes = record.last.writes[portal_id] - record.before.writes[portal_id]
        name = f"{change.action} {change.id}"
        if entry.outcome == "applied" and not (writes and _is_written(record, change, portal_id)):
            yield f"{name} is applied according to the receipt, but differs from what was written"
        if entry.outcome in {"failed", "skipped"} and writes:
            yield f"{name} is {entry.outcome} according to the receipt, but was written"
        # A new invitation can require an update of role or last day first.
        if writes > 1 + (change.action == "create" and not creates):
            yield f"{name} was written {writes} times"


def overwritten(record: Record) -> Iterator[str]:
    """Yield concurrent changes that the run has overwritten."""
    planned = record.planned()
    for portal_id, values in record.edited.items():
        change, now = planned.get(portal_id), record.after.objects.get(portal_id)
        # Changing a value back to the planned `before` is not a conflict.
        if change and change.before and values.items() <= change.before.items():
            continue
        if now is None or not values.items() <= now.stored.items():
            yield f"a concurrent change was overwritten: {portal_id}, {dict(values)}, {now}"


def changed_objects(before: DatabaseState, after: DatabaseState) -> set[str]:
    """Return the portal's ids of objects that were created, changed or deleted between two snapshots."""
    return {
        portal_id
        for portal_id in before.objects.keys() | after.objects.keys()
        if before.objects.get(portal_id) is None
        or after.objects.get(portal_id) is None
        or before.objects[portal_id].stored["etag"] != after.objects[portal_id].stored["etag"]
    }


def _is_written(record: Record, change: Change, portal_id: str) -> bool:
    """Whether an object has the written values, unless another user changed it as well."""
    before, now = record.before.objects.get(portal_id), record.after.objects.get(portal_id)
    if portal_id in record.edited:
        return True
    if now is None or change.action == "delete":
        return now is None and change.action == "delete"
    if change.action == "adopt":
        return bool(now.stored["managedBy"] == record.scope)
    if change.action == "create" and before is not None:
        again = before.stored["invitedAt"] != now.stored["invitedAt"]
        return again and now.fields == dict(change.after or {})
    return (now.id, now.fields) == (change.id, dict(change.after or {}))
