"""Keeping one issue up to date: open while there is something to say, and closed when there is not."""

from reconciler.forge.comments import Kept
from reconciler.forge.text import same
from reconciler.model.forge import Forge


async def keep_issue(forge: Forge, title: str, body: str, marker: str, *, needed: bool) -> Kept:
    """Let the one open issue with this marker say this; without need it is closed, and none is opened.

    Raises ForgeError.
    """
    found = await forge.issue(marker)
    if found is None:
        if not needed:
            return Kept.NOTHING
        await forge.create_issue(title, body, marker)
        return Kept.CREATED
    if not needed:
        await forge.change_issue(found, body, close=True)
        return Kept.CLOSED
    if same(found.body, body):
        return Kept.UNCHANGED
    await forge.change_issue(found, body, close=False)
    return Kept.CHANGED
