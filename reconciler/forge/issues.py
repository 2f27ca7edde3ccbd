"""Keep one issue up to date: open while it is needed, then closed."""

from reconciler.forge.comment_text import same
from reconciler.forge.comments import UpsertResult
from reconciler.model.forge import Forge


async def upsert_issue(forge: Forge, title: str, body: str, marker: str, *, needed: bool) -> UpsertResult:
    """Create or update the open issue with this marker, or close it if it is no longer `needed`.

    Raises PortalError.
    """
    found = await forge.issue(marker)
    if found is None:
        if not needed:
            return UpsertResult.NOTHING
        await forge.create_issue(title, body, marker)
        return UpsertResult.CREATED
    if not needed:
        await forge.change_issue(found, body, close=True)
        return UpsertResult.CLOSED
    if same(found.body, body):
        return UpsertResult.UNCHANGED
    await forge.change_issue(found, body, close=False)
    return UpsertResult.CHANGED
