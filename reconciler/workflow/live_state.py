"""Reading the live state of a portal, projected onto what the portal can store."""

from typing import Literal

from reconciler.errors import PortalError
from reconciler.model.portal import Portal, Progress
from reconciler.model.resource import Live
from reconciler.model.snapshot import Excerpt, Selection
from reconciler.project import project_live


async def read_live(
    portal: Portal, owner_label: str, progress: Progress, objects: Literal["all"] | Excerpt = "all"
) -> Live:
    """Read everything, or an excerpt, for the configuration with this label. Raises PortalError."""
    snapshot = await portal.read(Selection(owner_label=owner_label, objects=objects), progress)
    return project_live(snapshot.live, portal.capabilities)


def require_complete(live: Live) -> None:
    """Raise PortalError if something in the portal could not be read."""
    if not live.complete:
        raise PortalError(f"the portal could not be read completely: {live.problem}")
