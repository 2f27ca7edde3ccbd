"""Rows as JSON. SQLite writes it itself, which takes half the time of making objects of its rows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Boolean, ColumnElement, Connection, Select, case, func, literal_column, select

from reconciler.portal_server.storage.tables import JsonText


class JsonRows(msgspec.Struct, frozen=True):
    """Rows as a JSON array, their number, and the first column of the last one."""

    items: msgspec.Raw
    number: int
    last: int | None


def json_rows(
    connection: Connection, rows: Select[Any], values: Mapping[str, Any], reply: type[msgspec.Struct]
) -> JsonRows:
    """Return rows, without their first column by which they are sorted, as JSON objects.

    The names of the columns are the keys; the reply is an object with these keys.
    """
    if connection.dialect.name == "sqlite":
        items, number, last = connection.execute(_written_by_sqlite(rows), values).one()
        return JsonRows(msgspec.Raw(f"[{items or ''}]"), number, last)
    # PostgreSQL takes longer to write JSON than to return rows.
    found = connection.execute(rows, values).all()
    written = msgspec.json.encode([reply(*row[1:]) for row in found])
    return JsonRows(msgspec.Raw(written), len(found), found[-1][0] if found else None)


@lru_cache(maxsize=256)
def _written_by_sqlite(rows: Select[Any]) -> Select[str, int, int]:
    place, *columns = rows.selected_columns
    members = [each for column in columns for each in (literal_column(f"'{column.key}'"), _value(column))]
    of_row = func.json_object(*members).label("item")
    last, item = rows.with_only_columns(place, of_row).subquery().c
    # SQLite aggregates the rows of a sorted subquery in their order.
    return select(func.aggregate_strings(item, ","), func.count(), func.max(last))


def _value(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as a value of JSON: without this, a boolean is a number, and JSON is a text."""
    if isinstance(column.type, Boolean):
        return func.json(case((column, "true"), else_="false"))
    return func.json(column) if isinstance(column.type, JsonText) else column
