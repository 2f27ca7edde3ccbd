"""Keeping one comment up to date: made where it is missing, written anew where it differs, else left."""

from enum import StrEnum
from typing import Final

from reconciler.forge.comment_text import same
from reconciler.model.forge import Forge, ForgeError

# It was there and is gone, again and again: somebody deletes what we write.
_ATTEMPTS: Final = 3


class UpsertResult(StrEnum):
    """What became of a comment or an issue."""

    CREATED = "written"
    CHANGED = "brought up to date"
    UNCHANGED = "up to date as it was"
    NOTHING = "not needed"
    CLOSED = "closed"


async def upsert_comment(
    forge: Forge, number: int, body: str, marker: str, *, needed: bool = True
) -> UpsertResult:
    """Let the one comment with this marker say this; where none is `needed`, none is begun.

    Raises ForgeError.
    """
    for _ in range(_ATTEMPTS):
        found = await forge.comment(number, marker)
        if found is None:
            if not needed:
                return UpsertResult.NOTHING
            await forge.create_comment(number, body, marker)
            return UpsertResult.CREATED
        if same(found.body, body):
            return UpsertResult.UNCHANGED
        if await forge.change_comment(number, found, body):
            return UpsertResult.CHANGED
    raise ForgeError(f"the comment under #{number} is deleted as often as it is written")
