"""The columns of a party, from its own record and from those of its subscriptions."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Final

import msgspec

from reconciler.errors import InputError
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
_SUBSCRIPTION: Final = "subscription."
_IDENTIFIER: Final = "identifier."
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
    year: Annotated[int, msgspec.Meta(ge=date.min.year, le=date.max.year)]
    month: Annotated[int, msgspec.Meta(ge=1, le=12)]
    day: Annotated[int, msgspec.Meta(ge=1, le=31)]

    def __post_init__(self) -> None:
        # Raises ValueError for a day that no month has.
        date(self.year, self.month, self.day)

    def __str__(self) -> str:
        return date(self.year, self.month, self.day).isoformat()


class Party(msgspec.Struct, frozen=True):
    """A party as Tryton sends it; `active` is a number with some databases."""

    id: int
    name: str | None
    code: str | None
    active: bool | int
    email: str | None
    website: str | None
    replaced_by: int | None
    tax_identifier: _Code | None = msgspec.field(name="tax_identifier.")
    lang: _Code | None = msgspec.field(name="lang.")
    categories: tuple[_Category, ...] = msgspec.field(name="categories.")
    identifiers: tuple[_Identifier, ...] = msgspec.field(name="identifiers.")


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


_OF_PARTY: Final[Mapping[str, Callable[[Party], Any]]] = {
    "id": lambda party: party.id,
    "code": lambda party: party.code,
    "name": lambda party: party.name,
    "active": lambda party: "true" if party.active else "false",
    "email": lambda party: party.email,
    "website": lambda party: party.website,
    "vat": lambda party: party.tax_identifier and party.tax_identifier.code,
    "language": lambda party: party.lang and party.lang.code,
    "categories": lambda party: _joined(each.name for each in party.categories),
    "replaced_by": lambda party: party.replaced_by,
}
_OF_SUBSCRIPTION: Final[Mapping[str, Callable[[Subscription], Any]]] = {
    f"{_SUBSCRIPTION}number": lambda found: found.number,
    f"{_SUBSCRIPTION}reference": lambda found: found.reference,
    f"{_SUBSCRIPTION}description": lambda found: found.description,
    f"{_SUBSCRIPTION}state": lambda found: found.state,
    f"{_SUBSCRIPTION}start": lambda found: found.start_date,
    f"{_SUBSCRIPTION}end": lambda found: found.end_date,
}


def check_columns(source: str, columns: Iterable[str]) -> None:
    """Raise InputError with the columns that no party has."""
    known = (*_OF_PARTY, *_OF_SUBSCRIPTION, f"{_IDENTIFIER}TYPE")
    unknown = [each for each in columns if each not in known and not each.startswith(_IDENTIFIER)]
    if unknown:
        near = get_close_matches(unknown[0], known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"the columns are {', '.join(known)}"
        quoted = ", ".join(f'"{each}"' for each in unknown)
        raise InputError(f'source "{source}": parties of Tryton have no column {quoted}', hint)


def needs_subscriptions(columns: Iterable[str]) -> bool:
    """Return whether there is a column of subscriptions, which need rights of their own."""
    return any(each.startswith(_SUBSCRIPTION) for each in columns)


def accounts(
    parties: Iterable[Party], subscriptions: Iterable[Subscription], columns: Collection[str]
) -> tuple[Account, ...]:
    """Return the accounts of all parties, with these columns."""
    counting = {each.party: each for each in sorted(subscriptions, key=lambda each: each.rank)}
    return tuple(
        Account(
            f"party {party.id}",
            {each: _value(each, party, counting.get(party.id)) for each in columns},
        )
        for party in parties
    )


def _value(column: str, party: Party, subscription: Subscription | None) -> str:
    if column.startswith(_IDENTIFIER):
        wanted = column.removeprefix(_IDENTIFIER)
        return _joined(each.code for each in party.identifiers if each.type == wanted)
    if column in _OF_PARTY:
        return _text(_OF_PARTY[column](party))
    return _text(subscription and _OF_SUBSCRIPTION[column](subscription))


def _joined(texts: Iterable[str | None]) -> str:
    return ", ".join(sorted(filter(None, texts)))


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
