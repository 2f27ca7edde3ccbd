"""Ids of resources: `KIND/NAME…`, with names separated by slashes and encoded if necessary.

Every text has exactly one encoded form, so a portal may return any name or address. A percent sign is only
encoded if it would be read as an escape. Names in files do not change, except addresses such as
`a%25b@acme.example`. The table of kinds (`model.kinds`) defines the meaning of the names in an id.
"""

import re
from typing import Final, TypeAlias

ResourceId: TypeAlias = str

# The only escapes: the slash, the percent sign, and control characters.
_ESCAPED: Final = re.compile("%(2F|25|7F|[01][0-9A-F])")
_TO_ESCAPE: Final = re.compile(rf"[/\x00-\x1f\x7f]|{_ESCAPED.pattern}|\A%\Z")
# The encoded form of an empty name; no other name is encoded like this.
_EMPTY: Final = "%"


def encoded(name: str) -> str:
    """Encode a name for use in an id."""
    if name.isprintable() and "/" not in name and "%" not in name:
        return name or _EMPTY
    return _TO_ESCAPE.sub(lambda found: f"%{ord(found[0][0]):02X}{found[0][1:]}", name)


def decoded(part: str) -> str:
    """Decode a part of an id."""
    if "%" not in part:
        return part
    return "" if part == _EMPTY else _ESCAPED.sub(lambda found: chr(int(found[1], 16)), part)


def split_id(resource_id: ResourceId) -> tuple[str, str]:
    """Return the kind and the name of an id, or of a holder such as `developer/E-MAIL`."""
    kind, _, name = resource_id.partition("/")
    return kind, name


def kind_of(resource_id: ResourceId) -> str:
    """Return the name of the kind of an id."""
    return resource_id.partition("/")[0]


def name_of(resource_id: ResourceId) -> str:
    """Return an id without its kind, such as `acme/integration` of a team."""
    return resource_id.partition("/")[2]


def last_name(resource_id: ResourceId) -> str:
    """Return the last name of an id, encoded; of a team it is the name within its partner."""
    return resource_id.rpartition("/")[2]


def split_team(name: str) -> tuple[str, str]:
    """Return the partner and the own name of a team that is called `PARTNER/TEAM`."""
    partner, _, team = name.partition("/")
    return partner, team
