"""The owner label of a team: the last line of its description, because teams have no labels."""

import re
from typing import Final

from reconciler.errors import PortalError
from reconciler.model.resource import ResourceId

LONGEST: Final = 250
_LINE: Final = re.compile(r"(?:\A|\n)Managed by Reconciler for (\S+)\s*\Z")


def owner_of(description: str | None) -> str | None:
    """Return the owner label in a description, or None."""
    found = _LINE.search(description or "")
    return found[1] if found else None


def with_owner(description: str | None, label: str, team: ResourceId) -> str:
    """Return a description with another owner label. Raises PortalError if it gets too long."""
    text = _LINE.sub("", description or "").rstrip()
    line = f"Managed by Reconciler for {label}"
    result = f"{text}\n{line}" if text else line
    if len(result) > LONGEST:
        message = f"the description of {team} has no space for the owner label"
        raise PortalError(message, f"shorten it to {LONGEST - len(line) - 1} characters in Konnect")
    return result
