"""The roles in a project on GitLab: numbers, of which higher ones may do more."""

from collections.abc import Mapping
from typing import Final

DEVELOPER: Final = 30
MAINTAINER: Final = 40
_NAMES: Final[Mapping[int, str]] = {
    10: "Guest",
    15: "Planner",
    20: "Reporter",
    DEVELOPER: "Developer",
    MAINTAINER: "Maintainer",
    50: "Owner",
}


def role_name(level: int) -> str:
    """Return the name of a role."""
    return _NAMES.get(level, f"access level {level}" if level else "no member")
