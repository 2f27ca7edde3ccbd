"""Upgrade a database of an earlier version."""

from typing import Final

import msgspec
from sqlalchemy import Connection, inspect, select
from sqlalchemy.schema import CreateColumn

from reconciler.portal_server.addresses import mailbox
from reconciler.portal_server.tables import audit, contacts, metadata, teams

_DECLINED: Final = select(audit.c.at, audit.c.after).where(audit.c.action == "decline").order_by(audit.c.seq)
_PARTNERS: Final = select(teams.c.id, teams.c.partner_id)


def make_tables(connection: Connection) -> None:
    """Create missing tables and columns."""
    present = set(inspect(connection).get_table_names())
    missing = [table for table in metadata.sorted_tables if table.name not in present]
    metadata.create_all(connection, tables=missing)
    if audit.name in present and contacts in missing:
        _add_token_ids(connection)
        _recall_declines(connection)


def _add_token_ids(connection: Connection) -> None:
    column = CreateColumn(audit.c.token_id).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {audit.name} ADD COLUMN {column}")


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
