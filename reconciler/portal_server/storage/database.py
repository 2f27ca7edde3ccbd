"""The database: one transaction per request, and one writer at a time."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError, SQLAlchemyError

from reconciler.portal_server.errors import PortalServerError, SchemaError
from reconciler.portal_server.storage.schema import is_current, make_current
from reconciler.portal_server.storage.tables import instance, metadata

BUSY_SECONDS: Final = 10
# An arbitrary number that is equal in all portals of a PostgreSQL database.
_WRITER_LOCK: Final = 7_368_101
_DAMAGED: Final = "restore it from a backup, or move it away: a new, empty one is created on first use"
_BUSY: Final = "another process writes to it, or is upgrading it: try again later"
_PRAGMAS: Final = (
    "journal_mode = WAL",
    # A killed process loses no acknowledged write; a power failure can lose the last ones.
    "synchronous = NORMAL",
    # Pages of the journal, 4 KiB each: every write changes several of the same pages, which are copied once.
    "wal_autocheckpoint = 4000",
    "foreign_keys = ON",
)
_BEGIN: Final = {
    "sqlite": {"read": "BEGIN", "write": "BEGIN IMMEDIATE", "count": "BEGIN IMMEDIATE"},
    "postgresql": {
        "read": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "write": f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})",
        # A crash may forget the last counts, which saves waiting for the disk at every request.
        "count": "SET LOCAL synchronous_commit TO OFF",
    },
}


class Database:
    """A portal's database with existing tables. Close it after use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begin = _BEGIN[engine.dialect.name]

    def reading(self) -> AbstractContextManager[Connection]:
        """Begin a read transaction with a consistent snapshot."""
        return self._transaction("read")

    def writing(self) -> AbstractContextManager[Connection]:
        """Begin a write transaction without concurrent writers.

        The write lock is acquired first: upgrading a lock later can deadlock, or make reads outdated.
        """
        return self._transaction("write")

    def counting(self) -> AbstractContextManager[Connection]:
        """Begin a write transaction that does not wait for the writers of PostgreSQL.

        Its changes may only concern rows that no other transaction reads or writes.
        """
        return self._transaction("count")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(self._begin[kind])
            yield connection


def shown(database: str) -> str:
    """Return a database for display: a URL has no password. Raises PortalServerError."""
    return _parsed(database).render_as_string(hide_password=True) if "://" in database else database


def open_database(database: str) -> Database:
    """Open a file path or SQLAlchemy URL; create or upgrade its tables. Raises PortalServerError."""
    url, place = _url(database), shown(database)
    with ExitStack() as stack:
        try:
            engine = _engine(url)
            stack.callback(engine.dispose)
            opened = Database(engine)
            if not _is_current(opened):
                _make_current(opened)
        except SQLAlchemyError as error:
            raise PortalServerError(
                f"{place}: the database cannot be opened: {_cause(error)}", _hint(error)
            ) from error
        except SchemaError as error:
            raise PortalServerError(f"{place}: {error}", error.hint) from error
        stack.pop_all()
    return opened


def _is_current(database: Database) -> bool:
    """Whether the database has this version, by one query without the write lock."""
    try:
        with database.reading() as connection:
            return is_current(connection)
    except ProgrammingError:
        # PostgreSQL's error for a table that does not exist.
        return False
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.OperationalError):
            return False
        raise


def _make_current(database: Database) -> None:
    # Processes that open it at the same time wait here for the first one.
    with database.writing() as connection:
        make_current(connection)
        if connection.scalar(select(instance.c.id)) is None:
            connection.execute(insert(instance).values(_new_instance()))


def empty(database: Database) -> None:
    """Delete all rows and create a new instance id."""
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(instance).values(_new_instance()))


def _new_instance() -> dict[str, str]:
    return {"id": str(uuid4()), "secret": secrets.token_urlsafe(32)}


def site_secret(connection: Connection) -> str:
    """Return the secret with which the pages sign, which is created with the database."""
    return str(connection.execute(select(instance.c.secret)).scalar_one())


def is_busy(error: OperationalError) -> bool:
    """Whether the same request can succeed later: the database is locked, or unavailable."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        # The low byte is the primary result code.
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
        # The message of the library can contain a password.
        raise PortalServerError("the database URL is invalid") from None


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    if backend not in _BEGIN:
        raise PortalServerError(f"{backend} is not supported; use a file or a postgresql:// URL")
    # Parameters contain addresses and hashes, which must not be logged.
    if backend == "sqlite":
        _make_private_file(url.database)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = _postgresql_engine(url)
    return engine


def _postgresql_engine(url: URL) -> Engine:
    try:
        return create_engine(url, hide_parameters=True)
    except ModuleNotFoundError as error:
        message = f'PostgreSQL needs {error.name}: install "psycopg[binary]" beside the reconciler'
        raise PortalServerError(message) from error


def _make_private_file(name: str | None) -> None:
    """Make the file readable only for its owner; SQLite gives its journal files the same mode."""
    if not name or name == ":memory:":
        raise PortalServerError("an in-memory database cannot be shared; use a file")
    path = Path(name)
    if not path.parent.is_dir():
        raise PortalServerError(f"{path.parent}: folder does not exist; create it first")
    try:
        # An existing file is not opened, because closing it would release this process's locks on it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise PortalServerError(f"{path}: the database cannot be opened: Is a directory") from None
    except OSError as error:
        raise PortalServerError(f"{path}: the database cannot be opened: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin transactions implicitly and too late; Database does it explicitly.
    connection.isolation_level = None
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise


def _hint(error: SQLAlchemyError) -> str:
    """Return what to do about a file of SQLite; the errors of PostgreSQL say it themselves."""
    match getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _DAMAGED
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _BUSY
        case _:
            return ""


def _cause(error: SQLAlchemyError) -> str:
    return str(error.__cause__ or error).strip()
