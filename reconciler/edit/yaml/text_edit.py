"""Edits of a text: spans to replace, with offsets in the original text."""

from collections.abc import Sequence
from typing import NamedTuple


class TextEdit(NamedTuple):
    """Replace the characters from `begin` to `end` by a new text; offsets count from 0."""

    begin: int
    end: int
    new: str = ""


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """Apply edits; those at the same offset keep their order, and only what is removed may overlap."""
    pieces, at = list[str](), 0
    for edit in sorted(edits, key=lambda each: each.begin):
        pieces += (text[at : edit.begin], edit.new)
        at = max(at, edit.end)
    return "".join([*pieces, text[at:]])
