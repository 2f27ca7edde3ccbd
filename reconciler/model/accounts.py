"""The accounts of a CRM, before they are mapped to partners."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from reconciler.model.portal import Progress


class Account(msgspec.Struct, frozen=True):
    """One account: where it is, such as `accounts.csv:12`, and the text of each column."""

    place: str
    values: Mapping[str, str]


class UnreadAccount(msgspec.Struct, frozen=True):
    """A row that is not an account: where it is, what is wrong with it, and what to do."""

    place: str
    message: str
    hint: str = ""


class Accounts(msgspec.Struct, frozen=True):
    """The accounts of a source, and the rows that could not be read."""

    accounts: tuple[Account, ...]
    unread: tuple[UnreadAccount, ...] = ()


class Crm(Protocol):
    """A CRM that answers requests. Raises PortalError where it cannot be read completely."""

    async def read(self, progress: Progress) -> Accounts:
        """Return all accounts."""
        ...
