"""Edits of a text: spans that are replaced, all of them places in the text as it was."""

from collections.abc import Sequence
from typing import NamedTuple


class TextEdit(NamedTuple):
    """What is between two places becomes a new text; places count characters from 0."""

    begin: int
    end: int
    new: str = ""


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """Return the text after edits that do not overlap; those at one place come in their order."""
    pieces, at = list[str](), 0
    for edit in sorted(edits, key=lambda each: each.begin):
        pieces += (text[at : edit.begin], edit.new)
        at = edit.end
    return "".join([*pieces, text[at:]])
