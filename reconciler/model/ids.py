"""Names in ids: an id joins names by slashes, and percent-encodes what a name cannot hold there.

Every text has exactly one encoded form, so a portal may return any name or address. A percent sign stays as
it is unless it would read as an escape; so does every name that files can hold, apart from addresses such as
`a%25b@acme.example`.
"""

import re
from typing import Final

from reconciler.model.resource import ResourceId

# The only escapes there are: the slash, the percent sign, and control characters.
_ESCAPED: Final = re.compile("%(2F|25|7F|[01][0-9A-F])")
_TO_ESCAPE: Final = re.compile(rf"[/\x00-\x1f\x7f]|{_ESCAPED.pattern}|\A%\Z")
# A name is never empty in an id, and a lone percent sign is not the form of any other name.
_EMPTY: Final = "%"


def encoded(name: str) -> str:
    """Return a name as ids hold it."""
    if name.isprintable() and "/" not in name and "%" not in name:
        return name or _EMPTY
    return _TO_ESCAPE.sub(lambda found: f"%{ord(found[0][0]):02X}{found[0][1:]}", name)


def decoded(part: str) -> str:
    """Return the name that a part of an id stands for."""
    if "%" not in part:
        return part
    return "" if part == _EMPTY else _ESCAPED.sub(lambda found: chr(int(found[1], 16)), part)


def person_of(resource_id: ResourceId) -> str:
    """Return the address of a membership's person, or of the one whom a grant names."""
    return decoded(resource_id.split("/", 3)[3])
