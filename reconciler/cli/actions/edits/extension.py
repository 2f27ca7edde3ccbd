"""Extend the access of a partner or team: find the entry that ends it, and move its last day."""

import click
import msgspec

from reconciler import edit
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edits.edit_values import last_day, warn_if_inactive
from reconciler.cli.actions.edits.held_access import HeldAccess, Wanted, held_access
from reconciler.errors import InputError
from reconciler.model.document import Document, Partner
from reconciler.model.ids import split_team
from reconciler.workflow.edit import DocumentEdit, Edits


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler extend`; `holder` is PARTNER, PARTNER/TEAM or an address."""

    holder: str
    group: str
    until: str | None
    no_end: bool


def extend_access(options: EditOptions, wanted: Extension) -> int:
    """Move the end of access to a later day. Raises click.UsageError, InputError, PolicyError."""
    if (wanted.until is None) != wanted.no_end:
        raise click.UsageError("Give either --until or --no-end.")
    until = last_day(wanted.until, options.day, past=False)

    def edits(files: Files) -> Edits:
        held = Wanted(wanted.holder, wanted.group, "extend")
        files.document("AccessGroup", wanted.group)
        cap: tuple[str, ...] = ()
        if held.is_person:
            entry = held_access(files, held)
        else:
            document = files.document("Partner", split_team(wanted.holder)[0])
            warn_if_inactive(document)
            entry = held_access(files, held)
            cap = _cap_note(document, entry, until)
        operations = edit.extended(entry.path, entry.value, until, entry.place)
        notes = (*entry.notes, *cap) if operations else ()
        return Edits((DocumentEdit(entry.document, operations),), notes=notes)

    return edit_files(options, edits)


def _cap_note(document: Document, entry: HeldAccess, until: str) -> tuple[str, ...]:
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
