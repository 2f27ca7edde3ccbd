"""Make the file of a new partner, and the operations that change an existing one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from reconciler.edit import Operation, document_text, field_set
from reconciler.model.accounts import Account
from reconciler.model.crm_settings import NewPartner, NewTeam
from reconciler.model.document import Document
from reconciler.model.field_types import API_VERSION, as_json
from reconciler.model.new_document import NewDocument
from reconciler.model.partner import FromSource
from reconciler.model.partner_request import Problem
from reconciler.model.printable import printable
from reconciler.model.slugs import MAX_LENGTH, slug
from reconciler.model.sync_report import SyncedField
from reconciler.workflow.sync.mapping import (
    REQUIRED,
    MappedAccount,
    MissingColumnError,
    filled,
    team_admins,
)
from reconciler.workflow.sync.partners import spec_of

# The mapped fields, in the order of partner files.
FIELDS: Final = ("type", "status", "displayName", "owner", "domains", "agreement", "until")


class Link(msgspec.Struct, frozen=True):
    """The annotation that a partner file gets or has, and its value."""

    annotation: str
    account: str


def new_file_text(name: str, link: Link, spec: Mapping[str, Any], folder: str) -> str:
    """Return the text of the file of a new partner."""
    metadata = {"name": name, "annotations": {link.annotation: link.account}}
    data = {"apiVersion": API_VERSION, "kind": "Partner", "metadata": metadata, "spec": dict(spec)}
    return document_text(NewDocument(data=data), folder)


def new_spec(mapped: MappedAccount, new: NewPartner) -> tuple[dict[str, Any], list[Problem]]:
    """Return the spec of a new partner, and what is wrong with it."""
    spec: dict[str, Any] = {key: value for key in FIELDS if (value := mapped.new_value(key))}
    problems = [
        Problem(None, f"{key} has no value", "fill in its column, or set a default")
        for key in REQUIRED
        if key not in spec and key not in {each.field for each in mapped.problems}
    ]
    teams = []
    for team in new.teams:
        made, wrong = _team(team, mapped.account)
        teams.append(made)
        problems += wrong
    lists = {"access": as_json(new.access), "teams": teams}
    return {**spec, **{key: value for key, value in lists.items() if value}}, problems


def changes(document: Document, mapped: MappedAccount) -> Iterator[tuple[SyncedField, list[Operation]]]:
    """Yield each field that differs from its value in the account, with the operations that change it."""
    spec = spec_of(document)
    for key in FIELDS:
        value = mapped.values.get(key)
        if value is None:
            continue
        before = spec.get(key, "active" if key == "status" else None)
        operations = field_set(document.data, key, value)
        if operations:
            yield SyncedField(key, before, value), operations


class NewNames:
    """Gives short names to new partners; a name that is taken gets a number."""

    def __init__(self, is_taken: Callable[[str], bool]) -> None:
        self._is_taken = is_taken
        self._used: set[str] = set()
        # The last number of each name, because a search from 2 for each of many would take too long.
        self._last: dict[str, int] = {}

    def name(self, text: str, account: str) -> tuple[str, str]:
        """Return a free name, and the one that was wanted; it has the id if no letter is Latin."""
        wanted = slug(text) or slug(f"account-{account}")
        number = self._last.get(wanted, 1)
        found = wanted
        while found in self._used or self._is_taken(found):
            number += 1
            ending = f"-{number}"
            found = f"{wanted[: MAX_LENGTH - len(ending)].rstrip('-')}{ending}"
        self._last[wanted] = number
        self._used.add(found)
        return found, wanted


def _team(team: NewTeam, account: Account) -> tuple[dict[str, Any], list[Problem]]:
    """Return a team of a new partner, and what is wrong with it."""
    listed, problems = team_admins(team, account)
    made: dict[str, Any] = {"name": team.name, "admins": listed, "members": team.members}
    for key, people in (("admins", team.admins), ("members", team.members)):
        if isinstance(people, FromSource):
            try:
                made[key] = {"from": people.source, "group": filled(people.group, account)}
            except MissingColumnError as error:
                message = f'the group of team "{team.name}" has no value for {printable(str(error))}'
                problems.append(Problem(None, message, "fill in the column"))
    if team.access:
        made["access"] = as_json(team.access)
    return made, problems
