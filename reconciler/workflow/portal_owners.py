"""What a portal holds and the owners that it names, for a configuration that does not know them yet."""

import re
from pathlib import Path

from reconciler.model.document import Document
from reconciler.model.field_types import SLUG
from reconciler.model.portal import Progress
from reconciler.model.resource import Live
from reconciler.workflow.live_state import read_live, require_complete
from reconciler.workflow.sessions import Trust, open_portal
from reconciler.workflow.validate import settings


async def read_default_portal(
    configuration: Path, document: Document, trust: Trust, progress: Progress
) -> Live:
    """Read the default portal. Raises InputError, and PortalError if it cannot be read completely."""
    async with open_portal(configuration, document, None, trust) as portal:
        live = await read_live(portal, settings(document).metadata.name, progress)
    require_complete(live)
    return live


def owners_of(live: Live) -> tuple[str, ...]:
    """Return the owners of what a portal holds that a configuration can name."""
    found = {each.fields.get("owner") for each in live.resources.values()}
    found |= {each.owner for each in live.apis.values()}
    return tuple(sorted(each for each in found if isinstance(each, str) and re.fullmatch(SLUG, each)))
