"""The database tables and their constraints."""

from collections.abc import Callable
from typing import Any, Final, cast

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import UserDefinedType

# SQLite compares bytes. PostgreSQL needs a collation, otherwise days and cursors sort by locale.
TEXT: Final = Text().with_variant(String(collation="C"), "postgresql")
SEQUENCE: Final = BigInteger().with_variant(Integer, "sqlite")


class JsonText(UserDefinedType[Any]):
    """JSON stored as text: encoded on write, returned unparsed on read."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The column's type."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002  SQLAlchemy's
        """Encode a value for the database."""
        encode = msgspec.json.encode
        return lambda value: None if value is None else encode(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002  SQLAlchemy's
        """Return the stored JSON without parsing it."""
        raw = msgspec.Raw
        return lambda value: None if value is None else raw(value)


class DayType(UserDefinedType[Any]):
    """A day, stored and read as `YYYY-MM-DD` text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The column's type."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002  SQLAlchemy's
        """Encode a value for the database."""
        return lambda value: None if value is None else str(value)


metadata: Final = MetaData()


def _rows(name: str, *columns: Any) -> Table:
    """Define a table with a unique sequence number, which is the stable order of rows."""
    return Table(
        name,
        metadata,
        Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        Column("id", TEXT, nullable=False, unique=True),
        *columns,
        sqlite_autoincrement=True,
        implicit_returning=False,
    )


def _objects(name: str, *columns: Any) -> Table:
    """Define a table of objects with entity tags, including quotes."""
    return _rows(name, *columns, Column("etag", TEXT, nullable=False))


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, TEXT, nullable=False, **options)


def _maybe(name: str) -> Column[str | None]:
    return cast("Column[str | None]", Column(name, TEXT, nullable=True))


def _reference(name: str, target: str, *, nullable: bool = False, ondelete: str | None = None) -> Column[Any]:
    return Column(name, TEXT, ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable, index=True)


partners: Final = _objects(
    "partners",
    _text("name", unique=True),
    _text("type"),
    _text("status"),
    _text("display_name"),
    _text("owner"),
    Column("domains", JsonText, nullable=False),
    _maybe("agreement"),
    Column("blocked", JsonText, nullable=False),
    _maybe("managed_by"),
)
teams: Final = _objects(
    "teams",
    _reference("partner_id", "partners"),
    _text("name"),
    _text("display_name"),
    Column("delegated", Boolean, nullable=False),
    _maybe("managed_by"),
    UniqueConstraint("partner_id", "name"),
)
members: Final = _objects(
    "members",
    Column("team_id", TEXT, ForeignKey("teams.id"), nullable=False),
    _text("email", index=True),
    _text("role"),
    Column("until", DayType, nullable=True),
    _text("state"),
    _maybe("invited_at"),
    Column("code_hash", TEXT, nullable=True, unique=True),
    UniqueConstraint("team_id", "email"),
    Index("ix_members_until", "until"),
    # All that a list of a large team is filtered by, so that counting it reads no rows.
    Index("ix_members_list", "team_id", "email", "state", "invited_at", "role", "until"),
)
products: Final = _objects(
    "products",
    _text("name", unique=True),
    _text("display_name"),
    _maybe("description"),
    _text("owner"),
    _text("visibility"),
    _maybe("managed_by"),
)
apis: Final = _objects(
    "apis",
    _text("name", unique=True),
    _text("display_name"),
    _text("owner"),
    _text("visibility"),
)
product_items: Final = _objects(
    "product_items",
    Column("product_id", TEXT, ForeignKey("products.id"), nullable=False),
    _reference("api_id", "apis"),
    UniqueConstraint("product_id", "api_id"),
)
access_groups: Final = _objects(
    "access_groups",
    _text("name", unique=True),
    _text("display_name"),
    _maybe("description"),
    _text("owner"),
    _maybe("managed_by"),
)
access_items: Final = _objects(
    "access_items",
    Column("group_id", TEXT, ForeignKey("access_groups.id"), nullable=False),
    _reference("api_id", "apis", nullable=True),
    _reference("product_id", "products", nullable=True),
    UniqueConstraint("group_id", "api_id"),
    UniqueConstraint("group_id", "product_id"),
    CheckConstraint("(api_id IS NULL) <> (product_id IS NULL)", name="one_target"),
)
grants: Final = _objects(
    "grants",
    Column("group_id", TEXT, ForeignKey("access_groups.id"), nullable=False),
    _reference("team_id", "teams", nullable=True),
    Column("email", TEXT, nullable=True, index=True),
    _text("level"),
    Column("until", DayType, nullable=True),
    _maybe("reason"),
    UniqueConstraint("group_id", "team_id"),
    UniqueConstraint("group_id", "email"),
    CheckConstraint("(team_id IS NULL) <> (email IS NULL)", name="one_receiver"),
)
people: Final = _objects("people", _text("email", unique=True), _maybe("display_name"))
# A token is kept after its team is deleted, without permissions, so there is no foreign key.
tokens: Final = _objects(
    "tokens",
    _text("name"),
    _text("scope"),
    _maybe("team_id"),
    _text("created_at"),
    _text("token_hash", unique=True),
)
mails: Final = _rows(
    "mails",
    _text("to", index=True),
    _text("subject"),
    _text("text"),
    _text("sent_at"),
    _maybe("html"),
    # Delivery by SMTP: when to try next, and how often it was tried. Without a server, both stay empty.
    Column("due_at", TEXT, nullable=True, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # A mail with a secret has an end: it is deleted then, or as soon as it is delivered.
    Column("expires_at", TEXT, nullable=True, index=True),
)
audit: Final = _rows(
    "audit",
    _text("at"),
    _maybe("token"),
    _text("action"),
    _text("object", index=True),
    _text("kind"),
    Column("before", JsonText, nullable=True),
    Column("after", JsonText, nullable=True),
    _maybe("token_id"),
    # The team that the object belongs to, which may be deleted since.
    Column("team_id", TEXT, nullable=True),
    # The address of the person who was signed in, and what was used (Through in values/formats.py).
    _maybe("person"),
    _maybe("through"),
    # What the client named as the source of the change, such as a commit.
    _maybe("source"),
    # The log is read from its newest entries, by time, of everything, of a team, or of a person.
    Index("ix_audit_at", "at", "seq"),
    Index("ix_audit_team_id", "team_id", "at", "seq"),
    Index("ix_audit_person", "person", "at", "seq"),
    *(Index(f"ix_audit_{name}", name, "at", "seq") for name in ("action", "kind", "through")),
)
# The times of the last mail of a partner to a mailbox, and of a declined invitation. They are kept after the
# membership and the team are deleted, so there are no foreign keys.
contacts: Final = Table(
    "contacts",
    metadata,
    Column("partner_id", TEXT, primary_key=True),
    Column("mailbox", TEXT, primary_key=True),
    Column("mailed_at", TEXT, nullable=True, index=True),
    _maybe("declined_at"),
)
# The people whom a team's token added or invited again in the last hour.
additions: Final = Table(
    "additions",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _text("team_id", index=True),
    _text("at", index=True),
)
# A browser's session. The cookie is a secret; only its hash is stored.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("id_hash", TEXT, primary_key=True),
    _text("email", index=True),
    _text("csrf"),
    _text("method"),
    _text("created_at"),
    _text("seen_at", index=True),
    # The team as whose admin an operator looks at the portal, without acting.
    _maybe("viewing_team_id"),
)
# Single-use links to sign in, sent by mail. A used one is deleted.
sign_in_links: Final = Table(
    "sign_in_links",
    metadata,
    Column("code_hash", TEXT, primary_key=True),
    _text("email"),
    _text("created_at", index=True),
)
# What is limited in a time window, such as links to one address. `key` names what is counted.
attempts: Final = Table(
    "attempts",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _text("key", index=True),
    _text("at", index=True),
)
# The requests of a token or a client's address in a time window, if there is a rate limit.
request_counts: Final = Table(
    "request_counts",
    metadata,
    Column("began_at", TEXT, primary_key=True),
    Column("holder", TEXT, primary_key=True),
    Column("requests", Integer, nullable=False),
)
# A team's request for a level of an access group, or for a later end; without a group, see `reason`.
# Requests must not keep a team or a group from being deleted.
access_requests: Final = _objects(
    "access_requests",
    _reference("team_id", "teams", ondelete="CASCADE"),
    _reference("group_id", "access_groups", nullable=True, ondelete="CASCADE"),
    _text("level"),
    Column("until", DayType, nullable=True),
    _maybe("reason"),
    _text("state"),
    _text("requested_by"),
    _text("requested_at"),
    _maybe("decided_by"),
    _maybe("decided_at"),
    _maybe("answer"),
    Index("ix_access_requests_state", "state", "seq"),
)
answers: Final = Table(
    "answers",
    metadata,
    Column("holder", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),
    _text("request_hash"),
    _text("at"),
    Column("status", Integer, nullable=False),
    Column("headers", JsonText, nullable=False),
    Column("body", JsonText, nullable=False),
    Index("answers_at", "at"),
)
# At most one row: the holder of the lease.
leases: Final = Table(
    "leases",
    metadata,
    Column("id", TEXT, primary_key=True),
    _text("owner"),
    _text("acquired_at"),
    _text("expires_at"),
)
# `secret` signs what a browser keeps between two requests.
instance: Final = Table("instance", metadata, Column("id", TEXT, primary_key=True), _maybe("secret"))
