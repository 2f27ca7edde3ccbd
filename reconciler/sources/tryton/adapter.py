"""Reading a Tryton database, and proving that nothing is missing."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.model.accounts import Accounts
from reconciler.model.counting import counted
from reconciler.model.health import Check, CheckResult, failed, ok
from reconciler.model.portal import Progress
from reconciler.sources.tryton.columns import (
    PARTY_FIELDS,
    SUBSCRIPTION_FIELDS,
    Party,
    Subscription,
    accounts,
    needs_subscriptions,
)
from reconciler.sources.tryton.rpc import TrytonRpc

PAGE: Final = 500
# A database in use may change while it is read.
_READS: Final = 3

# Tryton hides subscriptions of companies that the user does not belong to, and says nothing.
_NO_SUBSCRIPTION: Final = "the server shows no subscription"
_COMPANIES: Final = "the user needs the right to read them, and the company in its companies"

Row = TypeVar("Row", Party, Subscription)


class Records(msgspec.Struct, Generic[Row], frozen=True):
    """Which records are read: those of a model in a domain, with these fields."""

    model: str
    domain: Sequence[Any]
    fields: Sequence[str]
    rows: type[list[Row]]
    noun: str


class TrytonCrm:
    """The parties of a database, each with the columns of the subscription that counts."""

    def __init__(self, rpc: TrytonRpc, categories: Sequence[str], columns: Collection[str]) -> None:
        self._rpc = rpc
        self._columns = columns
        # Parties that are not active may have been merged into others.
        every = ["active", "in", [True, False]]
        of = [["categories.name", "in", list(categories)]] if categories else []
        self._parties = Records("party.party", [every, *of], PARTY_FIELDS, list[Party], "parties")
        of = [[f"party.{name}", operator, value] for name, operator, value in of]
        self._subscriptions = (
            Records("sale.subscription", of, SUBSCRIPTION_FIELDS, list[Subscription], "subscriptions")
            if needs_subscriptions(columns)
            else None
        )

    async def read(self, progress: Progress) -> Accounts:
        """Return all parties as accounts. Raises PortalError where they cannot be read completely."""
        for _ in range(_READS):
            before = await self._state()
            parties = await self._rows(self._parties, progress)
            subscriptions: list[Subscription] = []
            if self._subscriptions is not None:
                subscriptions = await self._rows(self._subscriptions, progress)
                if parties and not subscriptions:
                    raise PortalError(f"{self._rpc.client.endpoint}: {_NO_SUBSCRIPTION}", _COMPANIES)
            counts = [len(parties), len(subscriptions)][: len(before)]
            if counts == [count for count, _ in before] and await self._state() == before:
                return Accounts(accounts(parties, subscriptions, self._columns))
        raise PortalError(
            f"{self._rpc.client.endpoint}: the database changed while it was read", "try again later"
        )

    def checks(self, _groups: Sequence[str]) -> list[Check]:
        """Return the checks of the user, and of the right to read what the columns need."""

        async def account() -> CheckResult:
            auth = self._rpc.client.endpoint.auth
            await auth.headers()
            return ok(f"began {auth.source}")

        async def right_read() -> CheckResult:
            counts = [count for count, _ in await self._state()]
            if self._subscriptions is not None and counts[0] and not counts[1]:
                return failed(_NO_SUBSCRIPTION, _COMPANIES)
            parties = counted(counts[0], "party", "parties")
            others = [counted(each, "subscription") for each in counts[1:]]
            return ok(f"reads {' and '.join([parties, *others])}")

        return [Check("account", account, needs=()), Check("right-read", right_read)]

    async def _state(self) -> list[tuple[int, Any]]:
        """Return how many records there are of each kind, and when the last change of one was."""
        kinds = (self._parties, self._subscriptions)
        return [(await self._count(each), await self._last_change(each)) for each in kinds if each]

    async def _count(self, records: Records[Any]) -> int:
        found = await self._rpc.call(records.model, "search_count", records.domain)
        if not isinstance(found, int):
            raise errors.unexpected(self._rpc.client.endpoint, f"the number of {records.noun} is missing")
        return found

    async def _last_change(self, records: Records[Any]) -> Any:
        domain = [*records.domain, ["write_date", "!=", None]]
        order = [["write_date", "DESC"]]
        return await self._rpc.call(records.model, "search_read", domain, 0, 1, order, ["write_date"])

    async def _rows(self, records: Records[Row], progress: Progress) -> list[Row]:
        """Return all records, page by page, each page after the last id of the one before."""
        rows: list[Row] = []
        client = self._rpc.client
        while True:
            last = rows[-1].id if rows else 0
            domain = [*records.domain, ["id", ">", last]]
            order = [["id", "ASC"]]
            found = await self._rpc.call(
                records.model, "search_read", domain, 0, PAGE, order, list(records.fields)
            )
            page: list[Row] = self._decoded(records, found)
            ids = [last, *(each.id for each in page)]
            if any(second <= first for first, second in pairwise(ids)):
                raise errors.unexpected(client.endpoint, f"{records.noun} that are not sorted by id")
            rows += page
            client.usage.count_items(len(page))
            progress(records.noun, len(rows), None)
            if len(page) < PAGE:
                return rows

    def _decoded(self, records: Records[Row], found: Any) -> list[Row]:
        try:
            return msgspec.convert(found, records.rows)
        except msgspec.ValidationError as error:
            raise errors.unexpected(self._rpc.client.endpoint, f"{records.noun}: {error}") from None
