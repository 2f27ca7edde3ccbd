"""The database: one transaction a request, and one writer at a time."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from reconciler.portal_server.errors import PortalServerError
from reconciler.portal_server.tables import instance, metadata
from reconciler.portal_server.upgrade import make_tables

BUSY_SECONDS: Final = 10
# Any number, as long as every portal on a PostgreSQL database uses the same.
_WRITER_LOCK: Final = 7_368_101
_BEGIN: Final = {
    "sqlite": {"read": "BEGIN", "write": "BEGIN IMMEDIATE"},
    "postgresql": {
        "read": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "write": f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})",
    },
}


class Database:
    """A portal's database; its tables exist. Close it when done."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine.execution_options(begin=_BEGIN[engine.dialect.name]["read"])
        self._write = engine.execution_options(begin=_BEGIN[engine.dialect.name]["write"])

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state throughout."""
        with self._read.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer runs beside.

        The writer's lock is taken first: a lock that is raised later can deadlock or find its reads outdated.
        """
        with self._write.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give up all connections."""
        self._read.dispose()


def shown(database: str) -> str:
    """Return a database as it may be printed: a URL without its password. Raises PortalServerError."""
    return _parsed(database).render_as_string(hide_password=True) if "://" in database else database


def open_database(database: str) -> Database:
    """Open a file path or SQLAlchemy URL and make what is missing. Raises PortalServerError."""
    url = _url(database)
    engine = None
    try:
        engine = _engine(url)
        opened = Database(engine)
        with opened.writing() as connection:
            make_tables(connection)
            if connection.scalar(select(instance.c.id)) is None:
                connection.execute(insert(instance).values(id=str(uuid4())))
    except SQLAlchemyError as error:
        if engine is not None:
            engine.dispose()
        place = url.render_as_string(hide_password=True)
        raise PortalServerError(f"{place}: the database cannot be opened: {_cause(error)}") from error
    return opened


def empty(database: Database) -> None:
    """Delete every row and make a new instance id."""
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(instance).values(id=str(uuid4())))


def is_busy(error: OperationalError) -> bool:
    """Whether the same request may succeed later: another has the database, or it is not there now."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        # The low byte is the code, the others say more of it.
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return True


def _url(database: str) -> URL:
    if "://" not in database:
        return URL.create("sqlite", database=database)
    url = _parsed(database)
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _parsed(database: str) -> URL:
    try:
        return make_url(database)
    except (ArgumentError, ValueError):
        # The library's own words may hold a password.
        raise PortalServerError("the URL of the database cannot be understood") from None


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    if backend not in _BEGIN:
        raise PortalServerError(f"{backend} is not supported: give a file or a postgresql:// URL")
    # Parameters hold addresses and hashes, which belong in no log.
    if backend == "sqlite":
        _make_private_file(url.database)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private_file(name: str | None) -> None:
    """Make the file readable by its owner alone; SQLite gives its companions the same mode."""
    if not name or name == ":memory:":
        raise PortalServerError("an in-memory database cannot be shared: give a file")
    path = Path(name)
    if not path.parent.is_dir():
        raise PortalServerError(f"{path.parent}: there is no such folder: make it first")
    try:
        # One that is there is not opened: closing it again would drop this process's locks on it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise PortalServerError(f"{path}: the database cannot be opened: Is a directory") from None
    except OSError as error:
        raise PortalServerError(f"{path}: the database cannot be opened: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin by itself, and late: _begin says when and how.
    connection.isolation_level = None
    try:
        # NORMAL: whatever is killed, nothing answered is lost; a power cut may take the last writes, whole.
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])


def _cause(error: SQLAlchemyError) -> str:
    return str(error.__cause__ or error).strip()
