"""Add sessions, sign-in links, access requests, and who did what through what to the audit log."""

import secrets
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

TEXT: Final = sa.Text().with_variant(sa.String(collation="C"), "postgresql")
SEQUENCE: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_COLUMNS: Final = ("kind", "action", "object", "token", "token_id", "before", "after", "team_id", "through")
_AUDIT: Final = sa.table("audit", *map(sa.column, _COLUMNS))


def upgrade() -> None:
    """Create tables and columns, and fill those of existing rows."""
    op.create_table(
        "sessions",
        sa.Column("id_hash", TEXT, primary_key=True),
        _text("email", index=True),
        _text("csrf"),
        _text("method"),
        _text("created_at"),
        _text("seen_at", index=True),
        _maybe("viewing_team_id"),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("code_hash", TEXT, primary_key=True),
        _text("email"),
        _text("created_at", index=True),
    )
    op.create_table(
        "attempts",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        _text("key", index=True),
        _text("at", index=True),
    )
    op.create_table(
        "request_counts",
        sa.Column("began_at", TEXT, primary_key=True),
        sa.Column("holder", TEXT, primary_key=True),
        sa.Column("requests", sa.Integer, nullable=False),
    )
    op.create_table(
        "access_requests",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        _text("id", unique=True),
        _owned("team_id", "teams"),
        _owned("group_id", "access_groups", nullable=True),
        _text("level"),
        sa.Column("until", sa.Text, nullable=True),
        _maybe("reason"),
        _text("state"),
        _text("requested_by"),
        _text("requested_at"),
        _maybe("decided_by"),
        _maybe("decided_at"),
        _maybe("answer"),
        _text("etag"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_requests_state", "access_requests", ["state", "seq"])
    op.add_column("mails", _maybe("html"))
    op.add_column("mails", _maybe("due_at", index=True))
    op.add_column("mails", sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
    op.add_column("mails", _maybe("expires_at", index=True))
    for name in ("team_id", "person", "through", "source"):
        op.add_column("audit", _maybe(name))
    _fill_audit()
    op.create_index("ix_audit_at", "audit", ["at", "seq"])
    op.create_index("ix_audit_team_id", "audit", ["team_id", "at", "seq"])
    for name in ("person", "action", "kind", "through"):
        op.create_index(f"ix_audit_{name}", "audit", [name, "at", "seq"])
    op.create_index("ix_members_until", "members", ["until"])
    op.create_index(
        "ix_members_list", "members", ["team_id", "email", "state", "invited_at", "role", "until"]
    )
    op.add_column("instance", _maybe("secret"))
    instance = sa.table("instance", sa.column("secret"))
    op.execute(instance.update().values(secret=secrets.token_urlsafe(32)))


def _fill_audit() -> None:
    """Set the team and the way of entries for which they are known: the tokens of old ones have no id.

    The database does this in one statement, because an audit log can be larger than the memory.
    """
    sides = sa.func.coalesce(_AUDIT.c.after, _AUDIT.c.before)
    owners: dict[str, sa.ColumnElement[Any]] = {
        "sqlite": sa.func.json_extract(sides, "$.teamId"),
        "postgresql": sa.cast(sides, sa.JSON).op("->>")("teamId"),
    }
    answers = (_AUDIT.c.kind == "member") & _AUDIT.c.action.in_(("accept", "decline"))
    op.execute(
        _AUDIT.update().values(
            team_id=sa.case(
                (_AUDIT.c.kind == "team", _AUDIT.c.object),
                (_AUDIT.c.kind.in_(("member", "grant", "token")), owners[op.get_bind().dialect.name]),
            ),
            through=sa.case(
                (_AUDIT.c.token_id.is_not(None), "token"),
                (answers & _AUDIT.c.token.is_(None), "invitation"),
            ),
        )
    )


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, TEXT, nullable=False, **options)


def _maybe(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, TEXT, nullable=True, **options)


def _owned(name: str, table: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A reference to an object with which the row is deleted."""
    owner = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, TEXT, owner, nullable=nullable, index=True)
