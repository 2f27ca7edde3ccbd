"""Rename objects and move teams: every reference changes, and the owners of other documents are named."""

import os
import posixpath
from collections.abc import Iterator
from typing import Final

from reconciler import edit
from reconciler.cli.actions.edits.edit_files import NOUNS, EditOptions, Files, edit_files, finding_line
from reconciler.cli.actions.edits.edit_values import named_team
from reconciler.cli.storage import text_files
from reconciler.errors import InputError
from reconciler.load.outline import outline
from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner
from reconciler.model.file_names import ENDINGS, PEOPLE
from reconciler.model.finding import Severity
from reconciler.model.people import People
from reconciler.render.text.style import listed
from reconciler.workflow.edit import DocumentEdit, Edits
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.validate import settings

_MOST_FILES: Final = 5


def rename_object(options: EditOptions, kind: edit.NamedKind, old: str, new: str) -> int:
    """Rename a partner, access group or API product. Raises InputError, PolicyError."""
    _require_name(new)

    def edits(files: Files) -> Edits:
        _require_all_read(files)
        document = files.document(kind, old)
        if old == new:
            return Edits((DocumentEdit(document, ()),))
        if any((each.kind, each.name) == (kind, new) for each in files.repository.documents):
            raise InputError(f'{NOUNS[kind]} "{new}" exists already', "choose another name")
        rename = edit.Rename(kind, old, new)
        changes = edit.renamed_everywhere(files.repository.documents, document, rename)
        moved = _new_path(files, document, old, new)
        return Edits(
            tuple(DocumentEdit(*each) for each in changes),
            new_files=_people_lock(files, rename),
            notes=tuple(_other_owners(files, changes, _owner(document))),
            moved={document.file: moved} if moved else {},
            former={new: old},
        )

    return edit_files(options, edits)


def rename_team(options: EditOptions, old: str, new: str) -> int:
    """Rename a team, PARTNER/TEAM, within its partner. Raises InputError, PolicyError."""
    partner, team = named_team(old)
    above, _, name = new.rpartition("/")
    if above not in {"", partner}:
        hint = f"use `reconciler move {old} {above}`, and rename it there"
        raise InputError(f"{new} is in another partner than {old}", hint)
    _require_name(name)

    def edits(files: Files) -> Edits:
        _require_all_read(files)
        document = files.document("Partner", partner)
        if team == name:
            return Edits((DocumentEdit(document, ()),))
        if any(each["name"] == name for each in document.data["spec"].get("teams") or ()):
            raise InputError(f"team {partner}/{name} exists already", "choose another name")
        rename = edit.Rename("Team", old, f"{partner}/{name}")
        changes = edit.renamed_everywhere(files.repository.documents, document, rename)
        return _team_edits(files, changes, rename, {_owner(document)})

    return edit_files(options, edits)


def move_team(options: EditOptions, name: str, partner: str) -> int:
    """Move a team, PARTNER/TEAM, to another partner. Raises InputError, PolicyError."""
    former, team = named_team(name)

    def edits(files: Files) -> Edits:
        _require_all_read(files)
        source, target = files.document("Partner", former), files.document("Partner", partner)
        if source is target:
            return Edits((DocumentEdit(source, ()),))
        lines = _team_lines(files, source, team)
        changes = edit.moved_team(files.repository.documents, source, target, team, lines)
        rename = edit.Rename("Team", name, f"{partner}/{team}")
        return _team_edits(files, changes, rename, set())

    return edit_files(options, edits)


def _team_edits(files: Files, changes: edit.Changes, rename: edit.Rename, own: set[str]) -> Edits:
    notes = tuple(_other_owners(files, changes, *own))
    edits = tuple(DocumentEdit(*each) for each in changes)
    lock = _people_lock(files, rename)
    return Edits(edits, new_files=lock, notes=notes, former={rename.new: rename.old})


def _people_lock(files: Files, rename: edit.Rename) -> tuple[ProposedFile, ...]:
    """Return people.lock after a rename, if it has people of what is renamed."""
    body = next((each.body for each in files.repository.documents if isinstance(each.body, People)), None)
    after = edit.renamed_people(body, rename) if body is not None else None
    if after is None:
        return ()
    return (ProposedFile(PEOPLE, text_files.read(files.root / PEOPLE), after, kinds=("People",)),)


def _team_lines(files: Files, document: Document, team: str) -> list[str]:
    """Return the lines of a team in its file. Raises InputError."""
    path, _ = edit.holder_of(document.data, team)
    text = text_files.read(files.root / document.file)
    root = next((each for each in outline(text) if each.line == document.where().line), None)
    return edit.entry_lines(text, root, path) if root else []


def _require_name(name: str) -> None:
    """Raise InputError for a text that cannot be a name."""
    problem = edit.problem("name", name)
    if problem is not None:
        raise InputError(problem.message, problem.hint)


def _require_all_read(files: Files) -> None:
    """Raise InputError if a file could not be read: it may refer to the object."""
    unread = [
        each for each in files.checked.findings if each.severity is Severity.ERROR and each.rule == "yaml"
    ]
    if unread:
        message = "some files could not be read, and may refer to it:"
        raise InputError("\n".join([message, *map(finding_line, unread)]), "fix these files first")


def _new_path(files: Files, document: Document, old: str, new: str) -> str:
    """Return the new path of a file that is named after its only document; empty if it stays."""
    folder, name = posixpath.split(document.file)
    ending = next((each for each in ENDINGS if name.lower() == f"{old}{each}"), "")
    path = posixpath.join(folder, f"{new}{name[len(old) :]}")
    documents = [each for each in files.repository.documents if each.file == document.file]
    configured = {posixpath.normpath(each) for each in settings(files.repository.configuration).spec.paths}
    is_free = not os.path.lexists(files.root / path) and document.file not in configured
    return path if ending and len(documents) == 1 and is_free else ""


def _other_owners(files: Files, changes: edit.Changes, *own: str) -> Iterator[str]:
    """Yield who has to agree apart from the object's own owner, and for which files."""
    touched: dict[str, list[str]] = {}
    for document, _ in changes:
        if (owner := _owner(document)) and owner not in own:
            touched.setdefault(owner, []).append(document.file)
    owners = settings(files.repository.configuration).spec.owners
    for owner, paths in sorted(touched.items()):
        address = f" ({owners[owner].email})" if owner in owners else ""
        yield f"also ask {owner}{address}, the owner of {listed(sorted(set(paths)), _MOST_FILES)}."


def _owner(document: Document) -> str:
    body = document.body
    return body.spec.owner if isinstance(body, Partner | AccessGroup | ApiProduct) else ""
