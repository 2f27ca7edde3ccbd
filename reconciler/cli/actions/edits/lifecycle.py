"""Suspend, resume and end a partner, and end a team; the notes say what that means for people."""

from collections.abc import Iterator
from typing import Final

from reconciler import edit
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.errors import InputError
from reconciler.model.access import AccessFilter
from reconciler.model.counting import counted
from reconciler.model.ids import split_team
from reconciler.model.rule import file_errors
from reconciler.workflow.access_report import access_in_files
from reconciler.workflow.edit import DocumentEdit, Edits

_EFFECTS: Final[dict[edit.Status, str]] = {
    "suspended": "all grants to the teams of {} are withdrawn; teams and people stay",
    "active": "{} has the access again that the files give it",
    "ended": "{} is deleted with all its people, also those whom admins added; remove it from the files then",
}


def set_status(options: EditOptions, holder: str, status: edit.Status) -> int:
    """Set the status of PARTNER or PARTNER/TEAM. Raises InputError, PolicyError."""
    partner, team = split_team(holder)
    if team and status != "ended":
        raise InputError(f"{holder} is a team, and only partners can be suspended", "use `reconciler revoke`")

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        operations = edit.status_changed(document.data, team, status)
        notes = _notes(files, holder, status) if operations else ()
        return Edits((DocumentEdit(document, operations),), notes=tuple(notes))

    return edit_files(options, edits)


def _notes(files: Files, holder: str, status: edit.Status) -> Iterator[str]:
    """Yield what the status means, and how many people lose access by the files."""
    yield f"with the next apply, {_EFFECTS[status].format(holder)}."
    if status == "active" or file_errors(files.checked.findings):
        return
    _, team = split_team(holder)
    keep = AccessFilter(team=holder) if team else AccessFilter(partner=holder)
    report = access_in_files(files.checked, keep)
    people = counted(len({row.person for row in report.rows}), "person loses", "people lose")
    yield f"by the files, {people} access through {holder}."
    teams = [each for each in report.delegated if each == holder or each.startswith(f"{holder}/")]
    if teams:
        yield f"the members of delegated teams are not counted: {', '.join(teams)}."
