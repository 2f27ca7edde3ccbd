"""Databases as earlier versions made them, and what a database looks like."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Inspector, MetaData, func, inspect, select, text

from reconciler.portal_server.storage.database import Database

FOLDER: Final = Path(__file__).parent / "history"
# Versions by what they added, oldest first: all were made before databases had a version.
STATES: Final = ("first", "leases", "contacts")

Rows = dict[str, list[dict[str, Any]]]


def regress(database: Database, state: str) -> Rows:
    """Make a database what an earlier version would have made; return the rows, which are what it knew."""
    with database.writing() as connection:
        rows = all_rows(connection)
        _reflected(connection).drop_all(connection)
        script = (FOLDER / f"{state}.{connection.dialect.name}.sql").read_text(encoding="utf-8")
        for statement in filter(str.strip, script.split(";\n")):
            connection.exec_driver_sql(statement)
        for table in _reflected(connection).sorted_tables:
            columns = table.columns.keys()
            known = [{name: row[name] for name in columns} for row in rows[table.name]]
            if known:
                connection.execute(table.insert(), known)
            if connection.dialect.name == "postgresql" and known and "seq" in columns:
                sequence = func.pg_get_serial_sequence(table.name, "seq")
                connection.execute(select(func.setval(sequence, known[-1]["seq"])))
        return all_rows(connection)


def all_rows(connection: Connection) -> Rows:
    """Return all rows of all tables as they are stored."""
    tables = _reflected(connection).tables.values()
    return {
        table.name: [
            dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in tables
    }


def schema(connection: Connection) -> dict[str, Any]:
    """Return the tables with all that the database says of them; the order of columns is no difference."""
    found = inspect(connection)
    return {name: _table(connection, found, name) for name in sorted(found.get_table_names())}


def wipe(connection: Connection) -> None:
    """Delete all tables."""
    _reflected(connection).drop_all(connection)


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata


def _table(connection: Connection, found: Inspector, name: str) -> dict[str, Any]:
    lists: dict[str, list[Any]] = {
        "unique": found.get_unique_constraints(name),
        "indexes": found.get_indexes(name),
        "foreign keys": found.get_foreign_keys(name),
        "checks": found.get_check_constraints(name),
        "columns": [
            {**column, "type": column["type"].compile(connection.dialect)}
            for column in found.get_columns(name)
        ],
    }
    described: dict[str, Any] = {key: sorted(map(repr, values)) for key, values in lists.items()}
    described["primary key"] = repr(found.get_pk_constraint(name))
    if connection.dialect.name == "sqlite":
        made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
        described["never uses a number twice"] = "AUTOINCREMENT" in str(made)
    return described
