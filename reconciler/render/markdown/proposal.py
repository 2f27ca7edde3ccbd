"""The text of a pull request with computed changes."""

from collections.abc import Sequence
from typing import Final

from reconciler.render.markdown.escaping import MAX_LENGTH, codes

_MOST: Final = 20
_CUT: Final = "\n\nThe rest of this text is too long to be shown here.\n"


def proposal(text: str, edited: Sequence[str]) -> str:
    """Return a text with the files that people changed in the branch; one that is too long is cut."""
    note = f"{_edited(edited)}\n\n" if edited else ""
    whole = f"{note}{text}"
    if len(whole) <= MAX_LENGTH:
        return whole
    return f"{whole[:MAX_LENGTH].rpartition(chr(10))[0]}{_CUT}"


def _edited(files: Sequence[str]) -> str:
    what = "this file, and their version stays" if len(files) == 1 else "these files, and their versions stay"
    return f"> People changed {what}: {codes(files, _MOST)}. The computed content is different."
