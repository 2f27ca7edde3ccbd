"""Our block in a CODEOWNERS file: what people wrote around it stays as it is."""

import re
from collections.abc import Sequence
from typing import Final

from reconciler.errors import InputError

BEGIN: Final = "# reconciler: begin"
END: Final = "# reconciler: end"
_NOTE: Final = "# Written by `reconciler codeowners` from the owners in the files; other lines are yours."
# What forges call a line; Python would part at more.
_ROW: Final = re.compile(r"[^\n]*\n|[^\n]+")


def replaced(text: str, lines: Sequence[str], place: str) -> str:
    """Return the text with these lines in the block; a block that is missing is added.

    It is added at the end, as the last match wins, but before a section of GitLab, which would take it in.
    Raises InputError where the block has no beginning or no end, or is there twice.
    """
    rows = _ROW.findall(text)
    newline = "\r\n" if rows and rows[0].endswith("\r\n") else "\n"
    block = [f"{line}{newline}" for line in (BEGIN, _NOTE, *lines, END)]
    begin, end = _block(rows, place)
    if begin == end:
        block = [*_gap(rows[:begin], newline), *block, *([newline] if rows[end:] else [])]
    return "".join([*rows[:begin], *block, *rows[end:]])


def _block(rows: Sequence[str], place: str) -> tuple[int, int]:
    """Return the first row of the block and the one after it; the same where it has to be added."""
    begins = [number for number, row in enumerate(rows) if row.strip() == BEGIN]
    ends = [number for number, row in enumerate(rows) if row.strip() == END]
    if not begins and not ends:
        added = next((number for number, row in enumerate(rows) if _is_section(row)), len(rows))
        return added, added
    if len(begins) != 1 or len(ends) != 1 or begins > ends:
        line = max(begins + ends) + 1
        raise InputError(
            f"{place}:{line}: our block has to begin once and to end once, below its beginning",
            f"let one `{BEGIN}` and one `{END}` stand there, or none",
        )
    return begins[0], ends[0] + 1


def _is_section(row: str) -> bool:
    return row.strip().removeprefix("^").startswith("[")


def _gap(before: Sequence[str], newline: str) -> list[str]:
    """Return what parts the block from what stands before it."""
    if not before:
        return []
    whole = [] if before[-1].endswith("\n") else [newline]
    return whole if not before[-1].strip() else [*whole, newline]
