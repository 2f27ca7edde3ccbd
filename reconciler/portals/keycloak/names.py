"""How roles and subgroups are named in a realm."""

from typing import Final

# The subgroup of a team with its admins.
ADMINS: Final = "admins"
# The role of the level `consume` is the last one that is created or deleted.
LEVELS: Final = ("view", "consume")
_VIEW: Final = ":view"


def role_name(name: str, level: str) -> str:
    """Return the role that gives a level of an API, product or group: `NAME` to consume, `NAME:view`."""
    return f"{name}{_VIEW}" if level == "view" else name


def split_role(role: str) -> tuple[str, str]:
    """Return the API, product or group of a role, and the level."""
    name = role.removesuffix(_VIEW)
    return (name, "consume") if name == role else (name, "view")
