"""Upgrade a database of an earlier version."""

from typing import Final

import msgspec
from sqlalchemy import Connection, Dialect, Table, inspect, select
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable, ExecutableDDLElement

from reconciler.portal_server.storage.tables import audit, contacts, metadata, teams
from reconciler.portal_server.values.addresses import mailbox

_DECLINED: Final = select(audit.c.at, audit.c.after).where(audit.c.action == "decline").order_by(audit.c.seq)
_COMPILED: Final[dict[tuple[str, str], tuple[str, ...]]] = {}
_PARTNERS: Final = select(teams.c.id, teams.c.partner_id)


def make_tables(connection: Connection) -> None:
    """Create missing tables and columns."""
    present = set(inspect(connection).get_table_names())
    missing = [table for table in metadata.sorted_tables if table.name not in present]
    for table in missing:
        for statement in _statements(table, connection.dialect):
            connection.exec_driver_sql(statement)
    for table in metadata.sorted_tables:
        if table.name in present:
            _add_columns(connection, table)
    if audit.name in present and contacts in missing:
        _recall_declines(connection)


def _statements(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """Return what creates a table with its indexes. To compile it takes longer than to execute it."""
    key = table.name, dialect.name
    if key not in _COMPILED:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, indexes)]
        _COMPILED[key] = tuple(str(each.compile(dialect=dialect)) for each in made)
    return _COMPILED[key]


def _add_columns(connection: Connection, table: Table) -> None:
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            text = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {text}")


def _recall_declines(connection: Connection) -> None:
    """Add declined invitations from the audit log, which keeps them after the membership is deleted."""
    partners = {row.id: row.partner_id for row in connection.execute(_PARTNERS)}
    declined: dict[tuple[str, str], str] = {}
    for at, after in connection.execute(_DECLINED):
        member = msgspec.json.decode(after)
        partner = partners.get(member["teamId"])
        if partner is not None:
            declined[partner, mailbox(member["email"])] = at
    rows = [
        {"partner_id": partner, "mailbox": address, "declined_at": at}
        for (partner, address), at in declined.items()
    ]
    if rows:
        connection.execute(contacts.insert(), rows)
