"""The display names of the objects that entries of the audit log refer to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import Table, bindparam, select, union_all

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.operations.responses import Entry
from reconciler.portal_server.storage.tables import access_groups, apis, partners, products, teams

_TABLES: Final[dict[str, Table]] = {
    "partnerId": partners,
    "teamId": teams,
    "groupId": access_groups,
    "apiId": apis,
    "productId": products,
}
_FIELDS: Final = msgspec.json.Decoder(dict[str, Any])
_FIND: Final = {
    field: select(table.c.id, table.c.display_name).where(table.c.id.in_(bindparam(field, expanding=True)))
    for field, table in _TABLES.items()
}


def names_in(call: Call, entries: Iterable[Entry]) -> dict[str, str]:
    """Return the names of the partners, teams, groups, APIs and products that still exist, by id."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.team_id:
            wanted["teamId"].add(entry.team_id)
        for side in (entry.before, entry.after):
            for field, value in _fields(side).items():
                if field in _TABLES and isinstance(value, str):
                    wanted[field].add(value)
    if not wanted:
        return {}
    found = union_all(*(_FIND[field] for field in wanted))
    rows = call.connection.execute(found, {field: sorted(ids) for field, ids in wanted.items()})
    return dict(rows.all())


def _fields(side: Any) -> dict[str, Any]:
    if side is None:
        return {}
    return _FIELDS.decode(side) if isinstance(side, msgspec.Raw) else side
