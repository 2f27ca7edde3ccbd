"""Entries as a server returns them, and attributes that it returns in ranges."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from reconciler.sources.ldap.names import Name

# Active Directory returns long attributes in pieces (MS-ADTS 3.1.1.3.1.3.3).
_RANGE: Final = re.compile(r"(?P<attribute>[a-z0-9-]+);range=(?P<low>[0-9]{1,9})-(?P<high>[0-9]{1,9}|\*)")
GUID: Final = "objectGUID"


class Entry(msgspec.Struct, frozen=True):
    """An entry: its DN as text and for comparison, and its values by the name of the attribute in lower case.

    What the account may not read is absent, as what the entry does not have.
    """

    dn: str
    name: Name
    values: Mapping[str, tuple[bytes, ...]]

    def texts(self, attribute: str) -> tuple[str, ...]:
        """Return the values of an attribute as text."""
        return tuple(each.decode(errors="replace") for each in self.values.get(attribute.lower(), ()))

    @property
    def classes(self) -> frozenset[str]:
        """Its object classes, in lower case."""
        return frozenset(each.lower() for each in self.texts("objectClass"))


class Range(msgspec.Struct, frozen=True):
    """Which values of an attribute an entry has; `next` is where the next ones begin, None after the last."""

    low: int
    next: int | None
    values: tuple[bytes, ...]


def find_range(entry: Entry, attribute: str) -> Range | None:
    """Return the range of an attribute that an entry has only in part, or None."""
    for name, values in entry.values.items():
        found = _RANGE.fullmatch(name)
        if found and found["attribute"] == attribute.lower():
            end = None if found["high"] == "*" else int(found["high"]) + 1
            return Range(int(found["low"]), end, values)
    return None


def id_text(attribute: str, value: bytes) -> str:
    """Return an identity as text: a GUID in its usual form, and other binary values in hexadecimal digits."""
    if attribute.lower() == GUID.lower():
        return str(UUID(bytes_le=value)) if len(value) == len(UUID(int=0).bytes) else value.hex()
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def id_value(attribute: str, text: str) -> str | bytes:
    """Return the value to search for, by the text of an identity. Raises ValueError if there is none."""
    return UUID(text).bytes_le if attribute.lower() == GUID.lower() else text
