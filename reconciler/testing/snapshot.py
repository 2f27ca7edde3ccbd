"""What the embedded portal really holds at a moment, and whether a receipt is true to it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from reconciler.model.kinds import KINDS, renamed
from reconciler.model.plan import ABSENT, Change
from reconciler.model.receipt import Entry
from reconciler.model.resource import Resource, ResourceId
from reconciler.testing.embedded import EmbeddedHere

_PATHS: Final = {
    "partner": "/partners",
    "team": "/teams",
    "api-product": "/products",
    "access-group": "/access-groups",
    "api": "/apis",
    "membership": "/members",
    "product-item": "/product-items",
    "access-item": "/access-items",
    "grant": "/grants",
}


class Held(msgspec.Struct, frozen=True):
    """One object: our id of it, and what the portal answers about it."""

    id: ResourceId
    stored: dict[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """Our fields, those that have a value."""
        known = KINDS[self.id.partition("/")[0]].fields
        return {name: self.stored[name] for name in known if self.stored.get(name) not in (None, [])}


class Snapshot(msgspec.Struct, frozen=True):
    """All objects by the portal's own ids, which no rename changes; mails by address; the accounts."""

    objects: dict[str, Held]
    mails: Counter[str]
    accounts: frozenset[str]

    def resources(self) -> dict[ResourceId, Resource]:
        """Return what is held as resources."""
        return {
            each.id: Resource(each.id, each.fields, each.stored.get("managedBy"), each.stored.get("state"))
            for each in self.objects.values()
        }


async def snapshot(portal: EmbeddedHere) -> Snapshot:
    """Return what a portal holds, asked on a good line and translated without its adapter."""
    *lists, mails, people = await portal.lists(*_PATHS.values(), "/mailbox", "/people")
    names: dict[str | None, str] = {}
    objects = {}
    for kind, stored in zip(_PATHS, lists, strict=True):
        for each in stored:
            name = _name(kind, each, names)
            names[each["id"]] = name
            if kind in KINDS:
                objects[each["id"]] = Held(f"{kind}/{name}", each)
    sent = Counter(str(mail["to"]) for mail in mails)
    return Snapshot(objects, sent, frozenset(each["email"] for each in people))


def _name(kind: str, stored: dict[str, Any], names: dict[str | None, str]) -> str:
    """Return what an object is called among its kind; its parents have their names."""

    def of(key: str) -> str:
        return names[stored[key]]

    match kind:
        case "team":
            return f"{of('partnerId')}/{stored['name']}"
        case "membership":
            return f"{of('teamId')}/{stored['email']}"
        case "product-item":
            return f"{of('productId')}/{of('apiId')}"
        case "access-item":
            end = f"api/{of('apiId')}" if stored["apiId"] else f"product/{of('productId')}"
            return f"{of('groupId')}/{end}"
        case "grant":
            holder = f"team/{of('teamId')}" if stored["teamId"] else f"developer/{stored['email']}"
            return f"{of('groupId')}/{holder}"
        case _:
            return str(stored["name"])


class Record(msgspec.Struct, frozen=True):
    """What an apply says that it did, what was there before and after, and what others `edited`."""

    changes: Sequence[Change]
    entries: Sequence[Entry]
    before: Snapshot
    after: Snapshot
    scope: str
    edited: Mapping[str, Mapping[str, Any]]

    def planned(self) -> dict[str, Change]:
        """Return the changes of what was there before, by the portal's own ids."""
        names = {change.renamed_from: change.id for change in self.changes if change.renamed_from}
        by_id = {change.id: change for change in self.changes}
        found = {portal_id: renamed(each.id, names) for portal_id, each in self.before.objects.items()}
        return {portal_id: by_id[each] for portal_id, each in found.items() if each in by_id}


def lies(record: Record) -> Iterator[str]:
    """Yield each entry that is not true: applied and not there, or failed or skipped and yet done."""
    held = {change.id: portal_id for portal_id, change in record.planned().items()}
    for change, entry in zip(record.changes, record.entries, strict=True):
        done, untouched = _became(record, change, held.get(change.id))
        if entry.outcome == "applied" and not done:
            yield f"{change.action} {change.id} is applied by the receipt, and is not as it was written"
        if entry.outcome in {"failed", "skipped"} and not untouched:
            yield f"{change.action} {change.id} is {entry.outcome} by the receipt, and was done"


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


def _became(record: Record, change: Change, portal_id: str | None) -> tuple[bool, bool]:
    """Return whether a change was done, and whether its object was left alone."""
    if change.action == "create" and change.precondition == ABSENT:
        return _made(record, change)
    if portal_id in record.edited:
        return True, True
    if portal_id is None:
        return change.action == "delete", True
    before, now = record.before.objects[portal_id], record.after.objects.get(portal_id)
    if now is None:
        return change.action == "delete", False
    if change.action == "create":
        again = before.stored["invitedAt"] != now.stored["invitedAt"]
        return again, not again
    if change.action == "adopt":
        done = now.stored["managedBy"] == record.scope
    else:
        done = change.action == "update" and (now.id, now.fields) == (change.id, dict(change.after or {}))
    return done, before.stored["etag"] == now.stored["etag"]


def _made(record: Record, change: Change) -> tuple[bool, bool]:
    made = [
        (portal_id, each)
        for portal_id, each in record.after.objects.items()
        if each.id == change.id and portal_id not in record.before.objects
    ]
    if not made:
        return False, True
    [(portal_id, each)] = made
    return portal_id in record.edited or each.fields == dict(change.after or {}), portal_id in record.edited
