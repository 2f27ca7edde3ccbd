"""Distinguished names (RFC 4514) in a form that can be compared, and values in search filters (RFC 4515)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias
from unicodedata import normalize

# One set of (type, value) for each RDN, from the entry up to the root.
Name: TypeAlias = tuple[frozenset[tuple[str, str]], ...]

_TOKEN: Final = re.compile(r"\\[0-9A-Fa-f]{2}|\\.|.", re.DOTALL)
_HEX_DIGITS: Final = 2
_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*")
# An optional UID of RFC 4517, 3.3.21, after the DN.
_UID: Final = re.compile(r"#'[01]*'B$")
_SAFE: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=,-.@")


def parse_name(text: str) -> Name:
    """Return a DN in a form that is equal for equal DNs. Raises ValueError if it is not a DN."""
    if not text.strip():
        return ()
    rdns: list[set[tuple[str, str]]] = [set()]
    for value, separator in _pairs(text):
        rdns[-1].add(_type_and_value(value))
        if separator == ",":
            rdns.append(set())
    return tuple(map(frozenset, rdns))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield `type=value` with its escapes, and the separator after it, which is empty at the end."""
    start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in {",", ";", "+"}:
            yield text[start : token.start()], "+" if token[0] == "+" else ","
            start = token.end()
    yield text[start:], ""


def _type_and_value(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    name = name.strip()
    if not equals or not _TYPE.fullmatch(name):
        raise ValueError("it has no attribute type")
    value = value.lstrip(" ")
    if value.startswith("#"):
        # A value in hexadecimal form is equal only to the same one.
        return name.lower(), f"\0{value.strip().lower()}"
    tokens = [token[0] for token in _TOKEN.finditer(value)]
    while tokens and tokens[-1] == " ":
        tokens.pop()
    return name.lower(), folded(_unescaped(tokens))


def _unescaped(tokens: Iterable[str]) -> str:
    raw = b"".join(token.encode() if len(token) == 1 else _escape(token[1:]) for token in tokens)
    return raw.decode(errors="backslashreplace")


def _escape(text: str) -> bytes:
    """Return the character of an escape: itself, or two hexadecimal digits."""
    return bytes.fromhex(text) if len(text) == _HEX_DIGITS else text.encode()


def folded(value: str) -> str:
    """Return a value as servers compare it: without regard to case, width and repeated spaces."""
    return " ".join(normalize("NFKC", value).casefold().split())


def is_below(name: Name, base: Name) -> bool:
    """Return whether a DN is that of the base, or of an entry below it."""
    return name[len(name) - len(base) :] == base if base else True


def without_uid(text: str) -> str:
    """Return the DN of a value of `uniqueMember`."""
    return _UID.sub("", text)


def escaped(value: str | bytes) -> str:
    """Return a value for a search filter, in which no character has a special meaning."""
    raw = value if isinstance(value, bytes) else value.encode()
    return "".join(chr(each) if each in _SAFE else f"\\{each:02x}" for each in raw)


def any_of(attribute: str, values: Iterable[str | bytes]) -> str:
    """Return the filter for entries that have one of these values."""
    return f"(|{''.join(f'({attribute}={escaped(value)})' for value in values)})"
