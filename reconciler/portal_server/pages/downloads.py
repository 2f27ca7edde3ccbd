"""Downloads of lists of any length, sent in parts: CSV for spreadsheets and JSON for programs."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from reconciler.portal_server.pages.visit import PageResponse, Visit

# Excel reads a file as UTF-8 only with this mark; other programs skip it.
_MARK: Final = "\ufeff"
# A spreadsheet takes a text for a formula that begins like this, also with a full-width sign.
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")


class Part(msgspec.Struct, frozen=True):
    """Some items of a list, and the cursor of the next ones."""

    items: Sequence[Any]
    next: str | None


Load = Callable[[Visit, str | None], Part]


def csv_download(
    visit: Visit,
    name: str,
    columns: Sequence[str],
    load: Load,
    rows: Callable[[Any], Iterable[Sequence[str]]],
) -> PageResponse:
    """Return the list as CSV (RFC 4180, UTF-8 with a byte order mark); `rows` returns the lines of an item.

    Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """

    def part(visit: Visit, cursor: str | None, lines: Iterable[Sequence[str]]) -> PageResponse:
        found = load(visit, cursor)
        text = _csv([*lines, *(row for item in found.items for row in rows(item))])
        body = (_MARK + text if cursor is None else text).encode()
        return _part(body, found.next, lambda visit, following: part(visit, following, ()))

    first = part(visit, None, [columns])
    return msgspec.structs.replace(first, headers=_headers(name, "csv", "text/csv; charset=utf-8"))


def json_download(visit: Visit, name: str, load: Load, more: Mapping[str, Any]) -> PageResponse:
    """Return the list as JSON, as the API does in one page: `items`, `total` and `next`, and `more` keys."""
    head = b"".join(
        msgspec.json.encode(key) + b":" + msgspec.json.encode(value) + b"," for key, value in more.items()
    )

    def part(visit: Visit, cursor: str | None, before: int) -> PageResponse:
        found = load(visit, cursor)
        number = before + len(found.items)
        start = b"{" + head + b'"items":[\n' if cursor is None else b""
        between = b",\n" if before and found.items else b""
        end = b"" if found.next else f'\n],"total":{number},"next":null}}\n'.encode()
        body = start + between + b",\n".join(map(msgspec.json.encode, found.items)) + end
        return _part(body, found.next, lambda visit, following: part(visit, following, number))

    first = part(visit, None, 0)
    return msgspec.structs.replace(first, headers=_headers(name, "json", "application/json"))


def file_name(*parts: str) -> str:
    """Return the name of a file without an ending, with ASCII letters, digits and hyphens only."""
    return "-".join(filter(None, (_UNSAFE.sub("-", part.lower()).strip("-") for part in parts)))


def _part(body: bytes, following: str | None, more: Callable[[Visit, str], PageResponse]) -> PageResponse:
    if following is None:
        return PageResponse(200, body)
    return PageResponse(200, body, more=lambda visit: more(visit, following))


def _headers(name: str, ending: str, media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}.{ending}"'}


def _csv(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
