"""Grant access to a partner or one of its teams, and revoke it, as operations on the partner's document."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from reconciler.edit.operations import Append, Drop, Operation, Put, Remove, Replace
from reconciler.edit.yaml.canonical import key_after
from reconciler.errors import InputError
from reconciler.model.source_map import Path


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Access to a group that is to be granted; empty fields are not changed or written.

    `without` are keys to remove from the entry.
    """

    group: str
    level: str = ""
    until: str = ""
    reason: str = ""
    without: tuple[str, ...] = ()


def granted(data: Any, team: str, access: Access) -> list[Operation]:
    """Return the operations that grant access to a team, or to all teams of the partner if `team` is empty.

    The result is empty if nothing changes. Raises InputError if there is no such team.
    """
    here, holder = holder_of(data, team)
    given = {
        key: value
        for key, value in (("level", access.level), ("until", access.until), ("reason", access.reason))
        if value
    }
    entry = {"group": access.group, **given} if given else access.group
    if "access" not in holder:
        return [Put(here, "access", [entry], before=key_after("Partner", here, "access", holder))]
    names = group_names(holder["access"])
    if access.group not in names:
        return [Append((*here, "access"), entry)]
    index = names.index(access.group)
    path: Path = (*here, "access", index)
    return [
        *_changed(path, holder["access"][index], access.group, given),
        *drop_keys(path, holder["access"][index], access.without),
    ]


def revoked(data: Any, path: Path) -> list[Operation]:
    """Return the operations that remove an entry of access or grants, or the whole list with the last one."""
    *above, key, index = path
    holder = data
    for step in above:
        holder = holder[step]
    if len(holder[key]) == 1:
        return [Drop(tuple(above), str(key))]
    return [Remove((*above, key), int(index))]


def unused_hint(group: str, names: Sequence[str], every: Sequence[str]) -> str:
    """Return a hint for a group that the file does not use: a similar name, or all groups."""
    near = get_close_matches(group, [*names, *every], n=1)
    if near and near[0] in names:
        return f'did you mean "{near[0]}"?'
    inherited = f"; from its partner: {', '.join(every)}" if every else ""
    own = f"its access groups: {', '.join(names)}" if names else "it has no access groups of its own"
    return f"{own}{inherited}"


def holder_of(data: Any, team: str) -> tuple[Path, Mapping[str, Any]]:
    """Return path and values of a team, or of the partner itself. Raises InputError for an unknown team."""
    if not team:
        return ("spec",), data["spec"]
    teams = data["spec"].get("teams") or []
    names = [each["name"] for each in teams]
    if team in names:
        index = names.index(team)
        return ("spec", "teams", index), teams[index]
    near = get_close_matches(team, names, n=1)
    hint = f'did you mean "{near[0]}"?' if near else _all_teams(names)
    raise InputError(f'partner "{data["metadata"]["name"]}" has no team "{team}"', hint)


def _all_teams(names: Sequence[str]) -> str:
    return f"its teams: {', '.join(names)}" if names else "it has no teams"


def _changed(path: Path, entry: Any, group: str, given: Mapping[str, str]) -> list[Operation]:
    """Return the operations that set level, end and reason of an entry, where they differ."""
    new = {key: value for key, value in given.items() if _value(entry, key) != value}
    if not new:
        return []
    if isinstance(entry, str):
        return [Replace(path, {"group": group, **new})]
    return [
        Put(path, key, value, before=key_after("Partner", path, key, entry)) for key, value in new.items()
    ]


def drop_keys(path: Path, entry: Any, keys: Sequence[str]) -> list[Operation]:
    """Return the operations that remove these keys from an entry, if it has them."""
    return [Drop(path, key) for key in keys if isinstance(entry, dict) and key in entry]


def _value(entry: Any, key: str) -> str:
    value = entry.get(key, "") if isinstance(entry, dict) else ""
    return value or ("consume" if key == "level" else "")


def group_names(entries: Sequence[Any]) -> list[str]:
    """Return the groups in entries of `access`."""
    return [entry if isinstance(entry, str) else entry["group"] for entry in entries]
