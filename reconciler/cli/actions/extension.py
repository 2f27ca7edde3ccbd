"""Extend the access of a partner or team: find the entry that ends it, and move its last day."""

from typing import Any

import click
import msgspec

from reconciler import edit
from reconciler.cli.actions.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edit_values import last_day, split_team, warn_if_inactive
from reconciler.cli.actions.grants import grants_of
from reconciler.errors import InputError
from reconciler.model.document import AccessGroup, Document, Partner
from reconciler.model.source_map import Path
from reconciler.workflow.edit import DocumentEdit, Edits


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler extend`; `holder` is PARTNER or PARTNER/TEAM."""

    holder: str
    group: str
    until: str | None
    no_end: bool


class _Entry(msgspec.Struct, frozen=True):
    """An entry of access or grants, in a partner's or a group's document."""

    document: Document
    path: Path
    value: Any

    @property
    def place(self) -> str:
        """The place of the entry."""
        return str(self.document.where(*self.path))


def extend_access(options: EditOptions, wanted: Extension) -> int:
    """Move the end of access to a later day. Raises click.UsageError, InputError, PolicyError."""
    if (wanted.until is None) != wanted.no_end:
        raise click.UsageError("Give either --until or --no-end.")
    until = last_day(wanted.until, options.day, past=False)

    def edits(files: Files) -> Edits:
        document = files.document("Partner", split_team(wanted.holder)[0])
        files.document("AccessGroup", wanted.group)
        warn_if_inactive(document)
        entry = _own_entry(document, wanted) or _owner_grant(files, wanted)
        if entry is None:
            raise _unused(document, wanted)
        cap = _cap_note(document, entry, until)
        operations = edit.extended(entry.path, entry.value, until, entry.place)
        notes = (*_owner_note(entry), *cap) if operations else ()
        return Edits((DocumentEdit(entry.document, operations),), notes=notes)

    return edit_files(options, edits)


def _own_entry(document: Document, wanted: Extension) -> _Entry | None:
    """Return the entry in the partner's file, if there is one. Raises InputError for that of all teams."""
    partner, team = split_team(wanted.holder)
    path, holder = edit.holder_of(document.data, team)
    names = edit.group_names(holder.get("access") or ())
    if wanted.group in names:
        index = names.index(wanted.group)
        return _Entry(document, (*path, "access", index), holder["access"][index])
    if team and wanted.group in edit.group_names(document.data["spec"].get("access") or ()):
        raise _for_all_teams(wanted, partner)
    return None


def _owner_grant(files: Files, wanted: Extension) -> _Entry | None:
    """Return the grant in the group's own file, if there is one. Raises InputError for that of all teams."""
    partner, _ = split_team(wanted.holder)
    for grant, document, number in grants_of(files.repository, wanted.group):
        if wanted.holder in {grant.partner, grant.team}:
            value = document.data["spec"]["grants"][number]
            return _Entry(document, ("spec", "grants", number), value)
        if grant.partner == partner:
            raise _for_all_teams(wanted, partner)
    return None


def _for_all_teams(wanted: Extension, partner: str) -> InputError:
    return InputError(
        f'{wanted.holder} has access group "{wanted.group}" because {partner} has it for all its teams',
        f"use `reconciler extend {partner} {wanted.group}` to extend it for all of them",
    )


def _unused(document: Document, wanted: Extension) -> InputError:
    _, holder = edit.holder_of(document.data, split_team(wanted.holder)[1])
    names = edit.group_names(holder.get("access") or ())
    message = f'{wanted.holder} does not use access group "{wanted.group}"'
    return InputError(message, edit.unused_hint(wanted.group, names, (), ""))


def _cap_note(document: Document, entry: _Entry, until: str) -> tuple[str, ...]:
    """Return a note if the end of the partner limits the new one.

    Raises InputError if that end is the one that counts already.
    """
    cap = document.body.spec.until if isinstance(document.body, Partner) else None
    if not cap or (until and until <= cap):
        return ()
    place = document.where("spec", "until")
    now = "" if isinstance(entry.value, str) else entry.value.get("until", "")
    if not now or now >= cap:
        message = f"all access of {document.name} ends on {cap}, with the partner, at {place}"
        raise InputError(message, "change until of the partner in its file")
    return (f"all access of {document.name} ends on {cap}, with the partner, at {place}.",)


def _owner_note(entry: _Entry) -> tuple[str, ...]:
    """Return a note that names the owner of a group whose file is changed."""
    if isinstance(entry.document.body, AccessGroup):
        owner = entry.document.body.spec.owner
        return (f"the owner of {entry.document.name} grants this at {entry.place}: also ask {owner}.",)
    return ()
