"""The managed block in a CODEOWNERS file. All other lines are kept unchanged."""

import re
from collections.abc import Sequence
from typing import Final

from reconciler.errors import InputError

BEGIN: Final = "# reconciler: begin"
END: Final = "# reconciler: end"
_NOTE: Final = "# Written by `reconciler codeowners` from the owners in the files; other lines are yours."
# A line as forges split it; str.splitlines() splits at more characters.
_ROW: Final = re.compile(r"[^\n]*\n|[^\n]+")


def replaced(text: str, lines: Sequence[str], place: str) -> str:
    """Return the text with these lines in the managed block, which is added if it is missing.

    It is added at the end, because the last match wins, but before the first section of GitLab.
    Raise InputError if a marker of the block is missing or occurs twice.
    """
    rows = _ROW.findall(text)
    newline = "\r\n" if rows and rows[0].endswith("\r\n") else "\n"
    block = [f"{line}{newline}" for line in (BEGIN, _NOTE, *lines, END)]
    begin, end = _block(rows, place)
    if begin == end:
        block = [*_gap(rows[:begin], newline), *block, *([newline] if rows[end:] else [])]
    return "".join([*rows[:begin], *block, *rows[end:]])


def _block(rows: Sequence[str], place: str) -> tuple[int, int]:
    """Return the range of the block's lines; it is empty if the block is missing."""
    begins = [number for number, row in enumerate(rows) if row.strip() == BEGIN]
    ends = [number for number, row in enumerate(rows) if row.strip() == END]
    if not begins and not ends:
        added = next((number for number, row in enumerate(rows) if _is_section(row)), len(rows))
        return added, added
    if len(begins) != 1 or len(ends) != 1 or begins > ends:
        line = max(begins + ends) + 1
        raise InputError(
            f"{place}:{line}: the markers of the managed block are missing, repeated or reversed",
            f"keep one `{BEGIN}` line followed by one `{END}` line, or remove all of them",
        )
    return begins[0], ends[0] + 1


def _is_section(row: str) -> bool:
    return row.strip().removeprefix("^").startswith("[")


def _gap(before: Sequence[str], newline: str) -> list[str]:
    """Return the line breaks that separate the block from the text before it."""
    if not before:
        return []
    newline_at_end = [] if before[-1].endswith("\n") else [newline]
    return newline_at_end if not before[-1].strip() else [*newline_at_end, newline]
