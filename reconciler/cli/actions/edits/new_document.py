"""Create teams, access groups and API products: ask for what is missing, check the result, and write it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

import msgspec

from reconciler import edit
from reconciler.cli import console
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edits.edit_values import named_team, warn_if_inactive
from reconciler.cli.actions.edits.form_answers import labelled
from reconciler.cli.prompts import answer
from reconciler.errors import InputError
from reconciler.model.field_types import API_VERSION, KindName, PartnerType
from reconciler.model.new_document import NewDocument
from reconciler.model.partner_request import Field
from reconciler.model.printable import printable
from reconciler.workflow.edit import DocumentEdit, Edits
from reconciler.workflow.folders import folder_for, new_file
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.validate import settings

_QUESTIONS: Final = {
    "--display-name": "Name that people see",
    "--owner": "Responsible owner in our company",
    "--admin": "Admins of the team, e-mail addresses separated by commas",
}


class NewTeam(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler new team`; `name` is PARTNER/TEAM."""

    name: str
    display_name: str | None
    admins: tuple[str, ...]
    members: tuple[str, ...]
    listed: bool
    groups: tuple[str, ...]


class NewBundle(msgspec.Struct, frozen=True, kw_only=True):
    """The options that new access groups and API products share."""

    name: str
    display_name: str | None
    description: str | None
    owner: str | None
    apis: tuple[str, ...]


def create_team(options: EditOptions, new: NewTeam) -> int:
    """Add a team to a partner's file. Raises InputError, PolicyError; then nothing is written."""
    partner, team = named_team(new.name)
    given: list[tuple[Field, str, str]] = [
        ("name", "NAME", team),
        *(("admins", "--admin", each) for each in new.admins),
        *(("admins", "--member", each) for each in new.members),
        *(("access", "--access", each) for each in new.groups),
    ]
    _require_none(_problems(given))

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        number = len(document.data["spec"].get("teams") or [])
        if any(each["name"] == team for each in document.data["spec"].get("teams") or []):
            raise InputError(f'team "{new.name}" already exists', f"it is defined in {document.file}")
        warn_if_inactive(document)
        admins = new.admins or edit.several(*_values(_Wanted("--admin", None, "admins")))
        data = {
            "name": team,
            "displayName": new.display_name,
            "admins": list(admins),
            "members": list(new.members) if new.members or new.listed else None,
            "access": [edit.access_entry(each) for each in new.groups],
        }
        return Edits((DocumentEdit(document, edit.team_added(document.data, number, data)),))

    return edit_files(options, edits)


def create_group(options: EditOptions, new: NewBundle, products: Sequence[str], offers: Sequence[str]) -> int:
    """Write the file of an access group. Raises InputError, PolicyError; then nothing is written."""
    spec = {"products": list(products), "offers": [_offer(each) for each in offers]}
    return _create(options, "AccessGroup", new, spec)


def create_product(options: EditOptions, new: NewBundle, visibility: str) -> int:
    """Write the file of an API product. Raises InputError, PolicyError; then nothing is written."""
    return _create(options, "ApiProduct", new, {"visibility": visibility})


def _create(options: EditOptions, kind: KindName, new: NewBundle, others: dict[str, Any]) -> int:
    _require_none(_problems([("name", "NAME", new.name)]))

    def edits(files: Files) -> Edits:
        configuration = files.repository.configuration
        folder = folder_for(kind, files.root, configuration)
        path = new_file(files.root, folder, new.name)
        owners = tuple(settings(configuration).spec.owners)
        name, owner = _values(
            _Wanted("--display-name", new.display_name, "displayName"),
            _Wanted("--owner", new.owner, "owner", owners),
        )
        spec = {
            "displayName": name,
            "description": new.description,
            "owner": owner,
            "apis": list(new.apis),
            **others,
        }
        data = {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": new.name}, "spec": spec}
        text = edit.file_text([NewDocument(data=data)], folder)
        return Edits(new_files=(ProposedFile(path, None, text, (kind,)),))

    return edit_files(options, edits)


class _Wanted(msgspec.Struct, frozen=True):
    """A required value: its option, what was given, its field, and the values to choose from, if limited."""

    option: str
    given: str | None
    field: Field
    known: tuple[str, ...] = ()

    def wrong(self, text: str) -> str:
        """Return what is wrong with a value, or an empty text."""
        if self.known:
            return "" if text in self.known else f'"{printable(text)}" is not one of {", ".join(self.known)}'
        values = edit.several(text) if self.field == "admins" else (text,)
        return next(iter(_problems([(self.field, "", each) for each in values])), "")

    def problem(self) -> str:
        """Return what is wrong with the given value, or an empty text."""
        choices = f"; choose one of {', '.join(self.known)}" if self.known else ""
        found = f"a value is required{choices}" if self.given is None else self.wrong(self.given)
        return printable(f"{self.option}: {found}") if found else ""

    def value(self) -> str:
        """Return the given value, or ask for it."""
        listed = f" [{', '.join(self.known)}]" if self.known else ""
        return (
            self.given if self.given is not None else answer(f"{_QUESTIONS[self.option]}{listed}", self.wrong)
        )


def _values(*wanted: _Wanted) -> list[str]:
    """Return required values; missing ones are asked for on a terminal.

    Raises InputError with all problems.
    """
    asks = console.is_interactive()
    _require_none([each.problem() for each in wanted if each.given is not None or not asks])
    return [each.value() for each in wanted]


def _problems(values: Iterable[tuple[Field, str, str]]) -> list[str]:
    """Return what is wrong with values, each with the option that it is from."""
    found = ((option, edit.problem(field, value)) for field, option, value in values)
    return [labelled(option, each) for option, each in found if each is not None]


def _require_none(problems: Iterable[str]) -> None:
    found = [each for each in problems if each]
    if found:
        raise InputError("\n".join(["no file was changed:", *found]))


def _offer(text: str) -> dict[str, str]:
    """Return the offer to a type or partner, which ends with `:view` for that level."""
    name = text.removesuffix(edit.ONLY_VIEW)
    level = {} if name == text else {"level": "view"}
    return {"type" if name in get_args(PartnerType) else "partner": name, **level}
