"""Rename an object, or move a team, in every document: the object itself, and all references to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.edit.access import holder_of
from reconciler.edit.former_names import former_name_added, renamed, with_former_name
from reconciler.edit.operations import AppendText, Operation, Put, Remove, Replace
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.ids import split_team
from reconciler.model.references import Reference, references

NamedKind: TypeAlias = Literal["Partner", "AccessGroup", "ApiProduct"]
# The operations on each document that changes, in the order of the documents.
Changes: TypeAlias = list[tuple[Document, list[Operation]]]


class Rename(msgspec.Struct, frozen=True):
    """A new name for an object; those of teams are written as PARTNER/TEAM."""

    kind: NamedKind | Literal["Team"]
    old: str
    new: str

    def applied(self, reference: Reference) -> str:
        """Return the name that a reference has after the rename."""
        if (reference.kind, reference.name) == (self.kind, self.old):
            return self.new
        if (reference.kind, self.kind) == ("Team", "Partner"):
            partner, team = split_team(reference.name)
            return f"{self.new}/{team}" if partner == self.old else reference.name
        return reference.name


def renamed_everywhere(documents: Iterable[Document], owner: Document, rename: Rename) -> Changes:
    """Return what renames an object, which `owner` defines, and all references to it.

    A team gets another name within its partner. Raises InputError if there is no such team.
    """
    if rename.kind == "Team":
        path, item = holder_of(owner.data, split_team(rename.old)[1])
        former, name = split_team(rename.old)[1], split_team(rename.new)[1]
    else:
        path, item = ("metadata",), owner.data["metadata"]
        former, name = rename.old, rename.new
    return _changes(documents, rename, {id(owner): renamed(path, item, former, name)})


def moved_team(
    documents: Iterable[Document], source: Document, target: Document, team: str, lines: Sequence[str] = ()
) -> Changes:
    """Return what moves a team to another partner, and changes all references to it. Raises InputError.

    `lines` are those of its entry, which keep their comments.
    """
    path, item = holder_of(source.data, team)
    old, new = f"{source.name}/{team}", f"{target.name}/{team}"
    teams = target.data["spec"].get("teams")
    if any(each["name"] == team for each in teams or ()):
        message = f'partner "{target.name}" has another team "{team}" already'
        raise InputError(message, f"rename one of them first: `reconciler rename team {old} NAME`")
    own: dict[int, list[Operation]] = {id(source): [Remove(path[:-1], int(path[-1]))]}
    partner = str(source.name)
    if teams is None:
        own[id(target)] = [Put(("spec",), "teams", [with_former_name(item, old, new, partner)])]
    else:
        noted = former_name_added(("spec", "teams", len(teams)), item, old, new, partner)
        own[id(target)] = [AppendText(("spec", "teams"), item, lines), *noted]
    return _changes(documents, Rename("Team", old, new), own)


def _changes(documents: Iterable[Document], rename: Rename, own: Mapping[int, list[Operation]]) -> Changes:
    changes: Changes = []
    for document in documents:
        found: list[Operation] = [
            Replace(each.path, name)
            for each in references(document)
            if (name := rename.applied(each)) != each.name
        ]
        found += own.get(id(document), [])
        if found:
            changes.append((document, found))
    return changes
