"""The schema of the database: its version, and how a database gets it."""

from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    select,
)
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from reconciler.portal_server.storage.tables import metadata

# The newest revision in `migrations/versions`: the one that `tables` describes.
VERSION: Final = "0002"
# Alembic's own table, which is read without importing Alembic.
versions: Final = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

_STORED: Final = select(versions.c.version_num)
_COMPILED: Final[dict[tuple[str, str], tuple[str, ...]]] = {}


def is_current(connection: Connection) -> bool:
    """Whether the database has this version. Raises an error of SQLAlchemy for one without a version."""
    return connection.scalar(_STORED) == VERSION


def make_current(connection: Connection) -> None:
    """Create all tables, or upgrade the existing ones, in a transaction that has the write lock.

    Raises SchemaError.
    """
    present = set(inspect(connection).get_table_names())
    stored = connection.scalar(_STORED) if versions.name in present else None
    if stored is None and present.isdisjoint(metadata.tables):
        _create(connection)
    elif stored != VERSION:
        # Most databases are up to date, and to import Alembic takes longer than to open one.
        from reconciler.portal_server.storage.migrations import upgrade  # noqa: PLC0415

        upgrade(connection, stored)


def _create(connection: Connection) -> None:
    for table in (*metadata.sorted_tables, versions):
        for statement in _statements(table, connection.dialect):
            connection.exec_driver_sql(statement)
    connection.execute(versions.insert().values(version_num=VERSION))


def _statements(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """Return what creates a table with its indexes. To compile it takes longer than to execute it."""
    key = table.name, dialect.name
    if key not in _COMPILED:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, indexes)]
        _COMPILED[key] = tuple(str(each.compile(dialect=dialect)) for each in made)
    return _COMPILED[key]
