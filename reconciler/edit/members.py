"""Add people to, or remove them from, a team whose members are listed, as operations on its document."""

from collections.abc import Sequence
from typing import Any

from reconciler.edit.access import drop_keys, holder_of
from reconciler.edit.operations import Append, Operation, Put, Remove, Replace
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email


def added(data: Any, team: str, email: str, until: str, without: Sequence[str] = ()) -> list[Operation]:
    """Return the operations that add a person, or none if nothing changes. Raises InputError.

    `without` are keys to remove from the person's entry.
    """
    path, members = _listed(data, team)
    entry = {"email": email, "until": until} if until else email
    index = _index(members, email)
    if index is None:
        return [Append(path, entry)]
    before = members[index]
    if without:
        return drop_keys((*path, index), before, without)
    if not until or (isinstance(before, dict) and before.get("until") == until):
        return []
    if isinstance(before, str):
        return [Replace((*path, index), {"email": before, "until": until})]
    return [Put((*path, index), "until", until)]


def removed(data: Any, team: str, email: str, file: str) -> list[Operation]:
    """Return the operations that remove a person. Raises InputError if the person is not listed."""
    path, members = _listed(data, team)
    index = _index(members, email)
    if index is not None:
        return [Remove(path, index)]
    team_name = f"{data['metadata']['name']}/{team}"
    _, holder = holder_of(data, team)
    if _index(holder["admins"], email) is not None:
        others = len(holder["admins"]) > 1
        hint = f"remove the person from admins in {file}" if others else f"add another admin in {file} first"
        raise InputError(f"{email} is an admin of {team_name}", hint)
    raise InputError(f"{email} is not a member of {team_name}", f"the members are listed in {file}")


def _listed(data: Any, team: str) -> tuple[tuple[str | int, ...], Sequence[Any]]:
    """Return path and entries of the member list. Raises InputError if the members are delegated."""
    path, holder = holder_of(data, team)
    members = holder.get("members", "delegated")
    if isinstance(members, list):
        return (*path, "members"), members
    admins = ", ".join(map(_email, holder["admins"]))
    raise InputError(
        f"the members of {data['metadata']['name']}/{team} are delegated to its admins",
        f"ask the admins: {admins}" if admins else "the team has no admin; add one in the file first",
    )


def _index(people: Sequence[Any], email: str) -> int | None:
    """Return the index of a person, whatever the spelling of the address."""
    wanted = canonical_email(email)
    return next((at for at, each in enumerate(people) if canonical_email(_email(each)) == wanted), None)


def _email(person: Any) -> str:
    return str(person if isinstance(person, str) else person["email"])
