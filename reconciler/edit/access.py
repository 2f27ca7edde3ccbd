"""Giving a partner or one of its teams access, and taking it away, as operations on its document."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from reconciler.edit.operations import Append, Drop, Operation, Put, Remove, Replace
from reconciler.errors import InputError
from reconciler.model.source_map import Path

_ORDER: Final = ("group", "level", "until", "reason")


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """An access group to be taken up; what is empty stays as it is, or is left out.

    `without` are the keys that are taken away.
    """

    group: str
    level: str = ""
    until: str = ""
    reason: str = ""
    without: tuple[str, ...] = ()


def granted(data: Any, team: str, access: Access) -> list[Operation]:
    """Return what gives a team of a partner's document access, or without a team each of them.

    Nothing is returned where nothing changes. Raises InputError where there is no such team.
    """
    here, holder = holder_of(data, team)
    said = {
        key: value
        for key, value in (("level", access.level), ("until", access.until), ("reason", access.reason))
        if value
    }
    entry = {"group": access.group, **said} if said else access.group
    if "access" not in holder:
        return [Put(here, "access", [entry], before="teams")]
    names = _names(holder["access"])
    if access.group not in names:
        return [Append((*here, "access"), entry)]
    index = names.index(access.group)
    path: Path = (*here, "access", index)
    return [
        *_changed(path, holder["access"][index], access.group, said),
        *dropped(path, holder["access"][index], access.without),
    ]


def revoked(data: Any, team: str, group: str, granted_at: str = "") -> list[Operation]:
    """Return what takes access away. Raises InputError where it is not there to be taken away.

    `granted_at` is where the group's owner grants it to the same holder, if that is so.
    """
    here, holder = holder_of(data, team)
    names = _names(holder.get("access") or ())
    if group in names:
        return [Remove((*here, "access"), names.index(group))]
    partner = data["metadata"]["name"]
    called = f"{partner}/{team}" if team else partner
    every = _names(data["spec"].get("access") or ()) if team else []
    if group in every:
        raise InputError(
            f'{called} has "{group}" as every team of {partner} has',
            f"`reconciler revoke {partner} {group}` takes it from all of them",
        )
    raise InputError(f'{called} does not take up "{group}"', _instead(group, names, every, granted_at))


def _instead(group: str, names: Sequence[str], every: Sequence[str], granted_at: str) -> str:
    """Return what to do about a group that is not taken up: where it comes from, or what is."""
    if granted_at:
        return f"its owner grants it, at {granted_at}; take it out there"
    near = get_close_matches(group, [*names, *every], n=1)
    if near and near[0] in names:
        return f'did you mean "{near[0]}"?'
    through = f"; as every team of its partner: {', '.join(every)}" if every else ""
    return f"it takes up: {', '.join(names) or 'nothing'}{through}"


def holder_of(data: Any, team: str) -> tuple[Path, Mapping[str, Any]]:
    """Return path and values of a team, or of the partner itself. Raises InputError where there is none."""
    if not team:
        return ("spec",), data["spec"]
    teams = data["spec"].get("teams") or []
    names = [each["name"] for each in teams]
    if team in names:
        index = names.index(team)
        return ("spec", "teams", index), teams[index]
    near = get_close_matches(team, names, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"its teams: {', '.join(names) or 'none'}"
    raise InputError(f'partner "{data["metadata"]["name"]}" has no team "{team}"', hint)


def _changed(path: Path, entry: Any, group: str, said: Mapping[str, str]) -> list[Operation]:
    """Return what gives an entry the level, end and reason that were said, where it has others."""
    new = {key: value for key, value in said.items() if _told(entry, key) != value}
    if not new:
        return []
    if isinstance(entry, str):
        return [Replace(path, {"group": group, **new})]
    return [Put(path, key, value, before=_next(entry, key)) for key, value in new.items()]


def _next(entry: Mapping[str, Any], key: str) -> str:
    """Return the key above which a new one belongs; nothing where it is last."""
    return next((each for each in _ORDER[_ORDER.index(key) :] if each in entry), "")


def dropped(path: Path, entry: Any, keys: Sequence[str]) -> list[Operation]:
    """Return what takes these keys out of an entry, where it has them."""
    return [Drop(path, key) for key in keys if isinstance(entry, dict) and key in entry]


def _told(entry: Any, key: str) -> str:
    told = entry.get(key, "") if isinstance(entry, dict) else ""
    return told or ("consume" if key == "level" else "")


def _names(entries: Sequence[Any]) -> list[str]:
    return [entry if isinstance(entry, str) else entry["group"] for entry in entries]
