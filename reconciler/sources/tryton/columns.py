"""The columns of a party, from its own record and from those of its subscriptions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from reconciler.model.accounts import Account

# What Tryton is asked for; a dot leads to a field of the records that a field refers to.
PARTY_FIELDS: Final = (
    "code",
    "name",
    "active",
    "email",
    "website",
    "replaced_by",
    "tax_identifier.code",
    "lang.code",
    "categories.name",
    "identifiers.type",
    "identifiers.code",
)
SUBSCRIPTION_FIELDS: Final = (
    "party",
    "number",
    "reference",
    "description",
    "state",
    "start_date",
    "end_date",
)
# The columns of subscriptions begin with it.
SUBSCRIPTION: Final = "subscription."
# Separates the texts of a column with several.
SEPARATOR: Final = ";"
_RUNNING: Final = "running"
# A subscription without an end ends after all others.
_NEVER: Final = date.max.isoformat()


class _Code(msgspec.Struct, frozen=True):
    code: str | None = None


class _Category(msgspec.Struct, frozen=True):
    name: str | None = None


class _Identifier(msgspec.Struct, frozen=True):
    type: str | None = None
    code: str | None = None


class _Day(msgspec.Struct, frozen=True, tag_field="__class__", tag="date"):
    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return date(self.year, self.month, self.day).isoformat()


class Party(msgspec.Struct, frozen=True):
    """A party as Tryton sends it."""

    id: int
    name: str | None
    code: str | None
    active: bool | int
    email: str | None
    website: str | None
    replaced_by: int | None
    tax_identifier: _Code | None = msgspec.field(name="tax_identifier.", default=None)
    lang: _Code | None = msgspec.field(name="lang.", default=None)
    categories: tuple[_Category, ...] = msgspec.field(name="categories.", default=())
    identifiers: tuple[_Identifier, ...] = msgspec.field(name="identifiers.", default=())


class Subscription(msgspec.Struct, frozen=True):
    """A subscription as Tryton sends it."""

    id: int
    party: int
    state: str
    number: str | None
    reference: str | None
    description: str | None
    start_date: _Day | None
    end_date: _Day | None

    @property
    def rank(self) -> tuple[bool, str, int]:
        """What decides which subscription of a party counts: the greatest does."""
        end = str(self.end_date) if self.end_date else _NEVER
        return self.state == _RUNNING, end, self.id


def accounts(
    parties: Iterable[Party], subscriptions: Iterable[Subscription] | None
) -> tuple[Account, ...]:
    """Return the accounts of all parties; without subscriptions, they have none of their columns."""
    found = tuple(parties)
    counting: dict[int, Subscription] = {}
    for each in sorted(subscriptions or (), key=lambda each: each.rank):
        counting[each.party] = each
    # All accounts have the same columns.
    types = sorted({each.type for party in found for each in party.identifiers if each.type})
    return tuple(
        Account(
            f"party {party.id}",
            {
                **_own(party),
                **dict(_identifiers(party, types)),
                **({} if subscriptions is None else _of_subscription(counting.get(party.id))),
            },
        )
        for party in found
    )


def _own(party: Party) -> Mapping[str, str]:
    return {
        "id": str(party.id),
        "code": party.code or "",
        "name": party.name or "",
        "active": "true" if party.active else "false",
        "email": party.email or "",
        "website": party.website or "",
        "vat": _code(party.tax_identifier),
        "language": _code(party.lang),
        "categories": _joined(each.name for each in party.categories),
        "replaced_by": _text(party.replaced_by),
    }


def _identifiers(party: Party, types: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in types:
        yield f"identifier.{name}", _joined(each.code for each in party.identifiers if each.type == name)


def _of_subscription(found: Subscription | None) -> Mapping[str, str]:
    names = ("number", "reference", "description", "state")
    days = {"start": found and found.start_date, "end": found and found.end_date}
    return {
        **{f"{SUBSCRIPTION}{name}": _text(found and getattr(found, name)) for name in names},
        **{f"{SUBSCRIPTION}{name}": _text(day) for name, day in days.items()},
    }


def _code(found: _Code | None) -> str:
    return (found.code if found else None) or ""


def _joined(texts: Iterable[str | None]) -> str:
    return SEPARATOR.join(sorted(filter(None, texts)))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
