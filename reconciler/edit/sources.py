"""Lists of people that a source decides about: they are changed in the directory, not in files."""

from collections.abc import Mapping
from typing import Any

from reconciler.errors import InputError
from reconciler.model.people_lock import Role

PULL = "`reconciler people pull`"


def is_from_source(team: Mapping[str, Any], role: Role) -> bool:
    """Return whether a team takes the people of a role from a source."""
    return isinstance(team.get(role), dict)


def group_of(team: Mapping[str, Any], role: Role) -> str:
    """Return the group and the source of a role, for messages."""
    return f'the group "{team[role]["group"]}" of source {team[role]["from"]}'


def require_in_file(name: str, team: Mapping[str, Any], role: Role, hint: str) -> None:
    """Raise InputError if the people of a role come from a source."""
    if is_from_source(team, role):
        raise InputError(f"the {role} of {name} come from {group_of(team, role)}", hint)


def hint_to_add() -> str:
    """Return how to add people."""
    return f"add them to the group in the directory, then run {PULL}"


def hint_to_remove(people: str) -> str:
    """Return how to remove people."""
    return (
        f"remove them from the group in the directory, then run {PULL};"
        f" until then, keep them out in the partner's file: `blocked: [{people}]`"
    )
