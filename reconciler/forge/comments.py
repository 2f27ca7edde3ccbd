"""Keep one comment up to date: create it if it is missing, update it if it differs."""

from enum import StrEnum
from typing import Final

from reconciler.errors import PortalError
from reconciler.forge.comment_text import same
from reconciler.model.forge import Forge

# The comment may be deleted while it is updated.
_ATTEMPTS: Final = 3


class UpsertResult(StrEnum):
    """What was done with a comment or an issue."""

    CREATED = "created"
    CHANGED = "updated"
    UNCHANGED = "unchanged"
    NOTHING = "not needed"
    CLOSED = "closed"


async def upsert_comment(
    forge: Forge, number: int, body: str, marker: str, *, needed: bool = True
) -> UpsertResult:
    """Create or update the comment with this marker; it is created only if it is `needed`.

    Raises PortalError.
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
    raise PortalError(f"the comment on #{number} was deleted {_ATTEMPTS} times while it was updated")
