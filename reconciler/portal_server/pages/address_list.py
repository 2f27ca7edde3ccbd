"""Read the addresses that a person types, pastes, or uploads as a CSV file."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Final

import msgspec

from reconciler.portal_server.operations.member_preview import MAX_ADDRESSES
from reconciler.portal_server.values.addresses import canonical_email

_HEADERS: Final = frozenset({"email", "e-mail", "mail", "email address", "e-mail address"})
_DELIMITERS: Final = ",;\t"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# A quoted name can contain a separator.
_ITEM: Final = re.compile(r'(?:"[^"]*"|[^,;\t])+')
_NAMED: Final = re.compile(r"[^<]*<([^<>]*)>\Z")


class Entry(msgspec.Struct, frozen=True):
    """An address and where it is; `email` is its canonical form, None if it is invalid.

    In typed text, `column` counts characters, and in a file, cells. Both count from 1.
    """

    line: int
    column: int
    text: str
    email: str | None
    in_file: bool = False

    @property
    def place(self) -> str:
        """The place in words: `3, column 1`, or `file 3, cell 1`."""
        return (
            f"file {self.line}, cell {self.column}" if self.in_file else f"{self.line}, column {self.column}"
        )


class AddressListError(ValueError):
    """A text or file has no usable list of addresses; the message says where and what to do."""


def read_text(text: str) -> list[Entry]:
    """Return the addresses of a text: one a line, or separated by commas, semicolons or tabs.

    Raises AddressListError if there are too many.
    """
    found = [
        (number, item.start() + _leading(item[0]) + 1, item[0])
        for number, line in enumerate(_LINE_END.split(text), start=1)
        for item in _ITEM.finditer(line)
        if item[0].strip()
    ]
    require_few(len(found))
    return [_entry(*each) for each in found]


def require_few(number: int) -> None:
    """Raise AddressListError if there are more addresses than one form can take."""
    if number > MAX_ADDRESSES:
        raise AddressListError(f"Too many at once: {number:,}. Enter at most {MAX_ADDRESSES:,} addresses.")


def read_file(content: bytes) -> list[Entry]:
    """Return the addresses in the column `email` of a CSV or TSV file. Raises AddressListError."""
    text = _decoded(content)
    delimiter, column = _header(text)
    found = []
    for line, row in _rows(text, delimiter):
        if line > 1 and any(cell.strip() for cell in row):
            cell = row[column] if column < len(row) else ""
            found.append((line, column + 1, cell))
    require_few(len(found))
    return [_entry(*each, in_file=True) for each in found]


def _entry(line: int, column: int, text: str, *, in_file: bool = False) -> Entry:
    text = text.strip()
    named = _NAMED.match(text)
    try:
        email = canonical_email(named[1].strip() if named else text)
    except ValueError:
        email = None
    return Entry(line, column, text, email, in_file)


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise AddressListError("The file is not text in UTF-8. Save it as “CSV UTF-8”, and choose it again.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise AddressListError(
            f"Line {line} of the file is not UTF-8, perhaps Windows-1252. "
            "Save it as “CSV UTF-8”, and choose it again."
        ) from error


def _header(text: str) -> tuple[str, int]:
    """Return the delimiter and the index of the column with addresses."""
    for delimiter in _DELIMITERS:
        # With the wrong delimiter, quotes seem to be in the middle of a cell.
        _, cells = next(_rows(text, delimiter, strict=False), (1, []))
        for index, cell in enumerate(cells):
            if cell.strip().lower() in _HEADERS:
                return delimiter, index
    raise AddressListError(
        "The first line of the file has no column “email”. Add a line with titles, one of them “email”."
    )


def _rows(text: str, delimiter: str, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the lines where they begin."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise AddressListError(
                f"Line {line} of the file has a quote that does not end, or text after it. Fix it there."
            ) from error
        if row is None:
            return
        yield line, row
