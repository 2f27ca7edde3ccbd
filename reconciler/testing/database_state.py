"""The actual state of the embedded portal, read directly from its database."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from reconciler.model.ids import encoded
from reconciler.model.kinds import KINDS
from reconciler.model.resource import Live, Resource, ResourceId
from reconciler.model.timestamps import stamp
from reconciler.testing.embedded import InProcessPortal

# Parents first, because names contain the names of parents.
_TABLES: Final = {
    "partner": "partners",
    "team": "teams",
    "api-product": "products",
    "access-group": "access_groups",
    "api": "apis",
    "membership": "members",
    "product-item": "product_items",
    "access-item": "access_items",
    "grant": "grants",
}
_LISTS: Final = frozenset({"domains", "blocked"})
_INVITATION_LASTS: Final = timedelta(days=7)


class Held(msgspec.Struct, frozen=True):
    """An object: its resource id, and the stored values with the keys of responses."""

    id: ResourceId
    stored: dict[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """The managed fields that have a value."""
        known = KINDS[self.id.partition("/")[0]].fields
        return {name: self.stored[name] for name in known if self.stored.get(name) not in (None, [])}

    @property
    def resource(self) -> Resource:
        """The object as a resource."""
        known = self.stored.get
        return Resource(self.id, self.fields, known("managedBy"), known("state"), known("invitedAt"))


class DatabaseState(msgspec.Struct, frozen=True):
    """All objects by the portal's ids, which renames do not change; mails by address; accounts.

    `writes` has the number of writes of the reconciler by object, from the audit log.
    """

    portal_id: str
    objects: dict[str, Held]
    mails: Counter[str]
    accounts: frozenset[str]
    writes: Counter[str]

    def live(self) -> Live:
        """Return the live state as an adapter reads it."""
        return Live(self.portal_id, {each.id: each.resource for each in self.objects.values()}, {})


def database_state(portal: InProcessPortal) -> DatabaseState:
    """Return the state of a portal."""
    expired = stamp(portal.clock() - _INVITATION_LASTS)
    names: dict[str | None, str] = {}
    objects = {}
    for kind, table in _TABLES.items():
        for row in portal.rows(table):
            name = _name(kind, row, names)
            names[row["id"]] = name
            if kind in KINDS:
                objects[row["id"]] = Held(f"{kind}/{name}", _with_values(row, expired))
    mails = Counter(str(mail["to"]) for mail in portal.rows("mails"))
    accounts = frozenset(each["email"] for each in portal.rows("people"))
    return DatabaseState(portal.portal_id, objects, mails, accounts, Counter(portal.writes()))


def _with_values(row: dict[str, Any], expired: str) -> dict[str, Any]:
    """Return a row with the values of responses."""
    for name in _LISTS & row.keys():
        row[name] = msgspec.json.decode(row[name])
    if "delegated" in row:
        row["delegated"] = bool(row["delegated"])
    if row.get("state") == "invited" and row["invitedAt"] <= expired:
        row["state"] = "expired"
    return row


def _name(kind: str, row: Mapping[str, Any], names: Mapping[str | None, str]) -> str:
    """Return the name of an object in its resource id."""

    def of(key: str) -> str:
        return names[row[key]]

    match kind:
        case "team":
            return f"{of('partnerId')}/{row['name']}"
        case "membership":
            return f"{of('teamId')}/{encoded(row['email'])}"
        case "product-item":
            return f"{of('productId')}/{of('apiId')}"
        case "access-item":
            end = f"api/{of('apiId')}" if row["apiId"] else f"product/{of('productId')}"
            return f"{of('groupId')}/{end}"
        case "grant":
            holder = f"team/{of('teamId')}" if row["teamId"] else f"developer/{encoded(row['email'])}"
            return f"{of('groupId')}/{holder}"
        case _:
            return str(row["name"])
