"""Whether what a run says is true: its receipt or its journal, held against what the portal really holds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from reconciler.model.kinds import renamed
from reconciler.model.plan import ABSENT, Change
from reconciler.model.receipt import Entry
from reconciler.testing.snapshot import Snapshot


class Record(msgspec.Struct, frozen=True):
    """What an apply says that it did, what was there before and after, and what others `edited`.

    `last` is when all that was still on its way after the last answer has come to the portal.
    """

    changes: Sequence[Change]
    entries: Sequence[Entry]
    before: Snapshot
    after: Snapshot
    last: Snapshot
    scope: str
    edited: Mapping[str, Mapping[str, Any]]

    def planned(self) -> dict[str, Change]:
        """Return the changes of what was there before, by the portal's own ids."""
        names = {change.renamed_from: change.id for change in self.changes if change.renamed_from}
        by_id = {change.id: change for change in self.changes}
        found = {portal_id: renamed(each.id, names) for portal_id, each in self.before.objects.items()}
        return {portal_id: by_id[each] for portal_id, each in found.items() if each in by_id}


def lies(record: Record) -> Iterator[str]:
    """Yield what is not true: applied and not so, failed or skipped and yet done; and what was done twice."""
    held = {change.id: portal_id for portal_id, change in record.planned().items()}
    new = record.last.objects.keys() - record.before.objects.keys()
    made = {record.last.objects[portal_id].id: portal_id for portal_id in new}
    for change, entry in zip(record.changes, record.entries, strict=True):
        creates = change.action == "create" and change.precondition == ABSENT
        portal_id = (made if creates else held).get(change.id, "")
        writes = record.last.writes[portal_id] - record.before.writes[portal_id]
        said = f"{change.action} {change.id}"
        if entry.outcome == "applied" and not (writes and _is_done(record, change, portal_id)):
            yield f"{said} is applied by the receipt, and is not as it was written"
        if entry.outcome in {"failed", "skipped"} and writes:
            yield f"{said} is {entry.outcome} by the receipt, and was done"
        # Who is invited again may get another role or end first.
        if writes > 1 + (change.action == "create" and not creates):
            yield f"{said} was done {writes} times"


def overwritten(record: Record) -> Iterator[str]:
    """Yield what somebody else put somewhere during the writes, and what is not there any more."""
    planned = record.planned()
    for portal_id, values in record.edited.items():
        change, now = planned.get(portal_id), record.after.objects.get(portal_id)
        # What was changed and changed back is what the plan was made for.
        if change and change.before and values.items() <= change.before.items():
            continue
        if now is None or not values.items() <= now.stored.items():
            yield f"somebody else's change was overwritten: {portal_id}, {dict(values)}, {now}"


def touched(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the portal's own ids of what was made, changed or taken away between two moments."""
    return {
        portal_id
        for portal_id in before.objects.keys() | after.objects.keys()
        if before.objects.get(portal_id) is None
        or after.objects.get(portal_id) is None
        or before.objects[portal_id].stored["etag"] != after.objects[portal_id].stored["etag"]
    }


def _is_done(record: Record, change: Change, portal_id: str) -> bool:
    """Whether what was written to is as it was to be, unless somebody else wrote to it as well."""
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
