"""Find the entry that gives a group to a partner or team, in the partner's file or the group's own."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from reconciler import edit
from reconciler.cli.actions.edits.edit_files import Files
from reconciler.errors import InputError
from reconciler.model.document import AccessGroup, Document, GroupGrant, Repository
from reconciler.model.identity import canonical_email
from reconciler.model.ids import split_team
from reconciler.model.source_map import Path
from reconciler.render.text.style import listed

_MOST_NAMED: Final = 5


class Wanted(msgspec.Struct, frozen=True):
    """The access of PARTNER, PARTNER/TEAM or a person to a group, and the command that changes it."""

    holder: str
    group: str
    command: str

    @property
    def is_person(self) -> bool:
        """Return whether a person has the access, by a grant in the group's file."""
        return "@" in self.holder


class HeldAccess(msgspec.Struct, frozen=True):
    """An entry of access or grants, in a partner's or a group's document."""

    document: Document
    path: Path
    value: Any

    @property
    def place(self) -> str:
        """The place of the entry."""
        return str(self.document.where(*self.path))

    @property
    def notes(self) -> tuple[str, ...]:
        """A note that names the owner of a group whose file is changed."""
        if isinstance(self.document.body, AccessGroup):
            owner = self.document.body.spec.owner
            return (f"the owner of {self.document.name} grants this at {self.place}: also ask {owner}.",)
        return ()


def held_access(files: Files, wanted: Wanted) -> HeldAccess:
    """Return the entry. Raises InputError if there is none, or only one for all teams of the partner."""
    if wanted.is_person:
        return _granted_to_person(files.repository, wanted)
    partner, team = split_team(wanted.holder)
    document = files.document("Partner", partner)
    path, holder = edit.holder_of(document.data, team)
    names = edit.group_names(holder.get("access") or ())
    every = edit.group_names(document.data["spec"].get("access") or ()) if team else []
    if wanted.group in names:
        index = names.index(wanted.group)
        return HeldAccess(document, (*path, "access", index), holder["access"][index])
    if wanted.group in every:
        raise _for_all_teams(wanted, partner)
    entry = _granted(files.repository, wanted, partner)
    if entry is None:
        message = f'{wanted.holder} does not use access group "{wanted.group}"'
        raise InputError(message, edit.unused_hint(wanted.group, names, every))
    return entry


def _granted(repository: Repository, wanted: Wanted, partner: str) -> HeldAccess | None:
    """Return the grant in the group's own file, if there is one. Raises InputError for that of all teams."""
    for grant, document, number in grants_of(repository, wanted.group):
        if wanted.holder in {grant.partner, grant.team}:
            path: Path = ("spec", "grants", number)
            return HeldAccess(document, path, document.data["spec"]["grants"][number])
        if grant.partner == partner:
            raise _for_all_teams(wanted, partner)
    return None


def _granted_to_person(repository: Repository, wanted: Wanted) -> HeldAccess:
    """Return the grant to a person. Raises InputError if there is none."""
    person = canonical_email(wanted.holder)
    known = []
    for grant, document, number in grants_of(repository, wanted.group):
        if grant.developer is None:
            continue
        if canonical_email(grant.developer) == person:
            path: Path = ("spec", "grants", number)
            return HeldAccess(document, path, document.data["spec"]["grants"][number])
        known.append(grant.developer)
    hint = f"it is granted to {listed(known, _MOST_NAMED)}" if known else "it is granted to no single person"
    raise InputError(f'access group "{wanted.group}" is not granted to {wanted.holder}', hint)


def grants_of(repository: Repository, group: str) -> Iterator[tuple[GroupGrant, Document, int]]:
    """Yield the grants in a group's own file, with its document and their indices."""
    for document in repository.documents:
        if isinstance(document.body, AccessGroup) and document.name == group:
            for number, grant in enumerate(document.body.spec.grants):
                yield grant, document, number


def _for_all_teams(wanted: Wanted, partner: str) -> InputError:
    command = wanted.command
    return InputError(
        f'{wanted.holder} has access group "{wanted.group}" because {partner} has it for all its teams',
        f"use `reconciler {command} {partner} {wanted.group}` to {command} it for all of them",
    )
