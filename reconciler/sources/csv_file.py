"""Read the accounts in a CSV file."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from reconciler.errors import InputError
from reconciler.model.accounts import Account, Accounts, UnreadAccount
from reconciler.model.counting import counted
from reconciler.model.crm_settings import CsvSource
from reconciler.model.csv_rows import BrokenCsvError, csv_rows
from reconciler.model.printable import printable

_BYTE_ORDER_MARK: Final = "\ufeff"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = (";", "\t", ",", "|")


def read_csv(name: str, content: bytes, source: CsvSource) -> Accounts:
    """Return the accounts in a CSV file with a header, each with the columns that the source uses.

    `name` is the name of the file in messages. The case of column names does not matter. Raises InputError if
    the file cannot be read or lacks columns; rows with too few or too many cells are returned as unread.
    """
    text = _decoded(name, content, source.encoding)
    rows = _rows(name, text, source.separator)
    line, header = next(rows, (1, []))
    if not header:
        raise InputError(
            f"{name} is empty", "export it again, with the names of the columns in its first row"
        )
    places = _places(f"{name}:{line}", header, source)
    accounts: list[Account] = []
    unread: list[UnreadAccount] = []
    for line, cells in rows:
        if len(cells) < len(header) or any(cells[len(header) :]):
            unread.append(_unread(f"{name}:{line}", cells, header))
        else:
            values = {column: cells[number] for column, number in places.items()}
            accounts.append(Account(f"{name}:{line}", values))
    return Accounts(tuple(accounts), unread=tuple(unread))


def _decoded(name: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding).removeprefix(_BYTE_ORDER_MARK)
    except LookupError as error:
        raise InputError(
            f'unknown encoding "{printable(encoding)}"', "use utf-8, utf-16 or cp1252"
        ) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "ignore").count("\n") + 1
        guess = "utf-16" if content.startswith(_UTF_16) else "cp1252"
        hint = f"set encoding to that of the file, such as {guess}"
        raise InputError(f"{name}:{line}: the text is not {printable(encoding)}", hint) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        hint = "set encoding to that of the file, such as utf-16-le"
        raise InputError(f"{name}:{line}: the text contains a NUL character", hint)
    return text


def _rows(name: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row that is not empty. Raises InputError."""
    try:
        yield from csv_rows(text, separator)
    except BrokenCsvError as error:
        raise InputError(f"{name}:{error}", "check the quotes from this line on") from error


def _places(place: str, header: Sequence[str], source: CsvSource) -> Mapping[str, int]:
    """Return the number of each used column. Raises InputError that lists the missing and repeated ones."""
    numbers: dict[str, list[int]] = {}
    for number, title in enumerate(header):
        numbers.setdefault(title.casefold(), []).append(number)
    found = {column: numbers.get(column.strip().casefold(), []) for column in source.columns}
    other = next((each for each in _SEPARATORS if each != source.separator and each in header[0]), "")
    if len(header) == 1 and other and not any(found.values()):
        raise InputError(
            f"{place}: there is only one column, with none of the names in the settings",
            f"if {other!r} separates columns, set separator to it",
        )
    problems = [
        _missing(column, header)
        if not places
        else f'several columns have the name "{printable(column)}"; keep one of them'
        for column, places in found.items()
        if len(places) != 1
    ]
    if problems:
        raise InputError("\n".join(f"{place}: {each}" for each in problems))
    return {column: places[0] for column, places in found.items()}


def _missing(column: str, header: Sequence[str]) -> str:
    message = f'there is no column "{printable(column)}"'
    titles = {title.casefold(): title for title in header if title}
    near = get_close_matches(column.casefold(), titles, n=1)
    if near:
        return f'{message}; did you mean "{printable(titles[near[0]])}"?'
    return f"{message}; the columns are {printable(', '.join(titles.values()))}"


def _unread(place: str, cells: Sequence[str], header: Sequence[str]) -> UnreadAccount:
    few = len(cells) < len(header)
    hint = "is the file complete?" if few else "put quotes around texts with separators"
    message = f"the row has {counted(len(cells), 'cell')}, and the header has {len(header):,}"
    return UnreadAccount(place, message, hint)
