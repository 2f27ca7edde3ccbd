"""Adding people to a team whose file lists them, and taking them out, as operations on its document."""

from collections.abc import Sequence
from typing import Any

from reconciler.edit.access import dropped, holder_of
from reconciler.edit.operations import Append, Operation, Put, Remove, Replace
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email


def added(data: Any, team: str, email: str, until: str, without: Sequence[str] = ()) -> list[Operation]:
    """Return what lists a person; nothing where that changes nothing. Raises InputError.

    `without` are the keys that are taken away, should the person be listed with them.
    """
    path, members = _listed(data, team)
    entry = {"email": email, "until": until} if until else email
    index = _index(members, email)
    if index is None:
        return [Append(path, entry)]
    before = members[index]
    if without:
        return dropped((*path, index), before, without)
    if not until or (isinstance(before, dict) and before.get("until") == until):
        return []
    if isinstance(before, str):
        return [Replace((*path, index), {"email": before, "until": until})]
    return [Put((*path, index), "until", until)]


def removed(data: Any, team: str, email: str, file: str) -> list[Operation]:
    """Return what takes a person out of the list. Raises InputError where the file does not list them."""
    path, members = _listed(data, team)
    index = _index(members, email)
    if index is not None:
        return [Remove(path, index)]
    called = f"{data['metadata']['name']}/{team}"
    _, holder = holder_of(data, team)
    if _index(holder["admins"], email) is not None:
        others = len(holder["admins"]) > 1
        hint = f"take them out of its admins in {file}" if others else f"name another admin in {file} first"
        raise InputError(f"{email} is an admin of {called}", hint)
    raise InputError(f"{email} is no member of {called}", f"{file} says who is")


def _listed(data: Any, team: str) -> tuple[tuple[str | int, ...], Sequence[Any]]:
    """Return where the members of a team are listed, and who is. Raises InputError where its admins know."""
    path, holder = holder_of(data, team)
    members = holder.get("members", "delegated")
    if isinstance(members, list):
        return (*path, "members"), members
    admins = ", ".join(map(_email, holder["admins"]))
    raise InputError(
        f"the members of {data['metadata']['name']}/{team} are delegated to its admins",
        f"ask them: {admins}" if admins else "there is no admin: name one in the file first",
    )


def _index(people: Sequence[Any], email: str) -> int | None:
    """Return where a person is listed, however the address is spelled."""
    wanted = canonical_email(email)
    return next((at for at, each in enumerate(people) if canonical_email(_email(each)) == wanted), None)


def _email(person: Any) -> str:
    return str(person if isinstance(person, str) else person["email"])
