"""Sync report: what the accounts of a CRM change in partner files, and what could not be mapped."""

from typing import Any, Final, Literal, TypeAlias

import msgspec

FORMAT: Final = "reconciler-sync/1.0"

# unread: the row is not an account. invalid: a value cannot be used. same-id: several rows or files have the
# id. not-linked: a partner that exists may be this one. denied: the files do not allow the result.
NotMappedReason: TypeAlias = Literal["unread", "invalid", "same-id", "not-linked", "denied"]
# kept: the account has no value for a field. filtered, merged, vanished: the partner has no account any more.
NoticeReason: TypeAlias = Literal["kept", "filtered", "merged", "vanished", "ended", "similar-name", "empty"]


class SyncedField(msgspec.Struct, frozen=True, rename="camel"):
    """A field of a partner file that gets another value; None where there is no value."""

    field: str
    before: Any
    after: Any


class SyncedPartner(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A partner file that is created or changed. `place` is where the account is, such as a row of a file."""

    partner: str
    file: str
    account: str
    place: str
    fields: tuple[SyncedField, ...]


class NotMapped(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An account that changes no file, because a person has to decide or correct something first."""

    reason: NotMappedReason
    place: str
    account: str | None = None
    partner: str | None = None
    message: str
    hint: str = ""


class SyncNotice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What people should know about a partner or an account; nothing was changed because of it."""

    reason: NoticeReason
    place: str
    account: str | None = None
    partner: str | None = None
    message: str
    hint: str = ""


class SyncReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The result of a sync.

    `accounts` counts all that were read, `filtered` those that were merged or do not count, and `inactive`
    those that are suspended or have ended and have no file.
    """

    source: str
    accounts: int
    filtered: int = 0
    inactive: int = 0
    created: tuple[SyncedPartner, ...] = ()
    changed: tuple[SyncedPartner, ...] = ()
    not_mapped: tuple[NotMapped, ...] = ()
    notices: tuple[SyncNotice, ...] = ()
    format: str = FORMAT
