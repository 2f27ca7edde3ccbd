"""Rows as JSON are the same, whichever texts they have and whichever database writes them."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select

from reconciler.portal_server.operations.responses import Partner
from reconciler.portal_server.storage.database import open_database
from reconciler.portal_server.storage.json_rows import json_rows
from reconciler.portal_server.storage.tables import partners

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.sampled_from(
    ["", "null", "1", "true", '["a"]', '{"a": 1}', '"', "\\", "\\u0041", "'", "\x01\x1f\x7f", "\u2028", "😀"]
)
COLUMNS = dict(zip(Partner.__struct_encode_fields__, Partner.__struct_fields__, strict=True))
ROWS = select(partners.c.seq, *(partners.c[name].label(key) for key, name in COLUMNS.items())).order_by(
    partners.c.seq
)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        partners.create(connection)
        yield connection
    engine.dispose()


def row(number: int, text: str, maybe: str | None, texts: list[str]) -> dict[str, Any]:
    """Return a partner with these texts, in the order of the keys of a reply."""
    return {
        "id": f"par_{number}",
        "name": f"p{number}",
        "type": text,
        "status": text,
        "displayName": text,
        "owner": text,
        "domains": texts,
        "agreement": maybe,
        "blocked": texts[::-1],
        "managedBy": maybe,
        "etag": f'"{text}"',
    }


def insert(connection: Connection, objects: list[dict[str, Any]]) -> None:
    for seq, each in enumerate(objects, 1):
        values = {name: each[key] for key, name in COLUMNS.items()}
        connection.execute(partners.insert().values(seq=seq, **values))


MADE = st.lists(st.tuples(TEXTS, TEXTS | st.none(), st.lists(TEXTS)), max_size=4)


@given(MADE)
def test_rows_that_sqlite_writes_have_all_values_in_order(
    sqlite: Connection, made: list[tuple[str, str | None, list[str]]]
) -> None:
    objects = [row(number, *each) for number, each in enumerate(made, 1)]
    sqlite.execute(partners.delete())
    insert(sqlite, objects)

    found = json_rows(sqlite, ROWS, {}, Partner)

    assert msgspec.json.decode(found.items) == objects
    assert (found.number, found.last) == (len(made), len(made) or None)


def test_rows_are_written_the_same_for_both_databases(database: str) -> None:
    objects = [row(1, 'a"b\\c\n', None, []), row(2, "é 漢 😀", "", ["x", 'y"'])]
    opened = open_database(database)
    with opened.writing() as connection:
        insert(connection, objects)
        found = json_rows(connection, ROWS, {}, Partner)
    opened.close()

    assert bytes(found.items) == msgspec.json.encode(objects)
    assert found.number == 2
