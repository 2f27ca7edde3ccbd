"""Bring databases of the time without versions to one state."""

from typing import Any, Final

import msgspec
import sqlalchemy as sa
from alembic import op

from reconciler.portal_server.values.addresses import mailbox

revision: Final = "0001"
down_revision: Final = None

TEXT: Final = sa.Text().with_variant(sa.String(collation="C"), "postgresql")
SEQUENCE: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
UNPARSED: Final = sa.Text()

metadata: Final = sa.MetaData()


def _rows(name: str, *columns: Any) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("id", TEXT, nullable=False, unique=True),
        *columns,
        sqlite_autoincrement=True,
    )


def _objects(name: str, *columns: Any) -> sa.Table:
    return _rows(name, *columns, _text("etag"))


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, TEXT, nullable=False, **options)


def _maybe(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, TEXT, nullable=True, **options)


def _parent(name: str, table: str) -> sa.Column[Any]:
    return sa.Column(name, TEXT, sa.ForeignKey(f"{table}.id"), nullable=False)


def _reference(name: str, table: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, TEXT, sa.ForeignKey(f"{table}.id"), nullable=nullable, index=True)


_objects(
    "partners",
    _text("name", unique=True),
    _text("type"),
    _text("status"),
    _text("display_name"),
    _text("owner"),
    sa.Column("domains", UNPARSED, nullable=False),
    _maybe("agreement"),
    sa.Column("blocked", UNPARSED, nullable=False),
    _maybe("managed_by"),
)
teams: Final = _objects(
    "teams",
    _reference("partner_id", "partners"),
    _text("name"),
    _text("display_name"),
    sa.Column("delegated", sa.Boolean, nullable=False),
    _maybe("managed_by"),
    sa.UniqueConstraint("partner_id", "name"),
)
_objects(
    "members",
    _parent("team_id", "teams"),
    _text("email", index=True),
    _text("role"),
    sa.Column("until", UNPARSED, nullable=True),
    _text("state"),
    _maybe("invited_at"),
    _maybe("code_hash", unique=True),
    sa.UniqueConstraint("team_id", "email"),
)
_objects(
    "products",
    _text("name", unique=True),
    _text("display_name"),
    _maybe("description"),
    _text("owner"),
    _text("visibility"),
    _maybe("managed_by"),
)
_objects("apis", _text("name", unique=True), _text("display_name"), _text("owner"), _text("visibility"))
_objects(
    "product_items",
    _parent("product_id", "products"),
    _reference("api_id", "apis"),
    sa.UniqueConstraint("product_id", "api_id"),
)
_objects(
    "access_groups",
    _text("name", unique=True),
    _text("display_name"),
    _maybe("description"),
    _text("owner"),
    _maybe("managed_by"),
)
_objects(
    "access_items",
    _parent("group_id", "access_groups"),
    _reference("api_id", "apis", nullable=True),
    _reference("product_id", "products", nullable=True),
    sa.UniqueConstraint("group_id", "api_id"),
    sa.UniqueConstraint("group_id", "product_id"),
    sa.CheckConstraint("(api_id IS NULL) <> (product_id IS NULL)", name="one_target"),
)
_objects(
    "grants",
    _parent("group_id", "access_groups"),
    _reference("team_id", "teams", nullable=True),
    _maybe("email", index=True),
    _text("level"),
    sa.Column("until", UNPARSED, nullable=True),
    _maybe("reason"),
    sa.UniqueConstraint("group_id", "team_id"),
    sa.UniqueConstraint("group_id", "email"),
    sa.CheckConstraint("(team_id IS NULL) <> (email IS NULL)", name="one_receiver"),
)
_objects("people", _text("email", unique=True), _maybe("display_name"))
_objects(
    "tokens",
    _text("name"),
    _text("scope"),
    _maybe("team_id"),
    _text("created_at"),
    _text("token_hash", unique=True),
)
_rows("mails", _text("to", index=True), _text("subject"), _text("text"), _text("sent_at"))
audit: Final = _rows(
    "audit",
    _text("at"),
    _maybe("token"),
    _text("action"),
    _text("object", index=True),
    _text("kind"),
    sa.Column("before", UNPARSED, nullable=True),
    sa.Column("after", UNPARSED, nullable=True),
    _maybe("token_id"),
)
contacts: Final = sa.Table(
    "contacts",
    metadata,
    sa.Column("partner_id", TEXT, primary_key=True),
    sa.Column("mailbox", TEXT, primary_key=True),
    _maybe("mailed_at", index=True),
    _maybe("declined_at"),
)
sa.Table(
    "additions",
    metadata,
    sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _text("team_id", index=True),
    _text("at", index=True),
)
sa.Table(
    "answers",
    metadata,
    sa.Column("holder", TEXT, primary_key=True),
    sa.Column("key", TEXT, primary_key=True),
    _text("request_hash"),
    _text("at"),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", UNPARSED, nullable=False),
    sa.Column("body", UNPARSED, nullable=False),
    sa.Index("answers_at", "at"),
)
sa.Table(
    "leases",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    _text("owner"),
    _text("acquired_at"),
    _text("expires_at"),
)
sa.Table("instance", metadata, sa.Column("id", TEXT, primary_key=True))


def upgrade() -> None:
    """Create missing tables and the token's id of audit entries; find declined invitations in the audit."""
    connection = op.get_bind()
    earlier = sa.inspect(connection).get_table_names()
    metadata.create_all(connection)
    if "token_id" not in {column["name"] for column in sa.inspect(connection).get_columns("audit")}:
        op.add_column("audit", _maybe("token_id"))
    if "contacts" not in earlier:
        _recall_declines(connection)


def _recall_declines(connection: sa.Connection) -> None:
    """Add declined invitations from the audit log, which keeps them after the membership is deleted."""
    partners = {
        row.id: row.partner_id for row in connection.execute(sa.select(teams.c.id, teams.c.partner_id))
    }
    declines = (
        sa.select(audit.c.at, audit.c.after).where(audit.c.action == "decline").order_by(audit.c.seq)
    ).execution_options(yield_per=1000)
    declined: dict[tuple[str, str], str] = {}
    for at, after in connection.execute(declines):
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
