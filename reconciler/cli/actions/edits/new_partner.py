"""Create a partner file: read the request, check its result with all other files, and write it."""

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler import edit
from reconciler.cli import console
from reconciler.cli.actions.edits.edit_files import EditOptions, print_difference, write_files
from reconciler.cli.actions.edits.form_answers import form_text, problem_line
from reconciler.cli.actions.edits.partner_prompts import (
    OPTIONS,
    Choices,
    can_be_asked,
    command_line,
    completed,
    without,
)
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError, PolicyError
from reconciler.model.document import AccessGroup, Document
from reconciler.model.finding import Finding, Severity
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.render.markdown.request_problems import problems as as_markdown
from reconciler.workflow.folders import folder_for, new_file
from reconciler.workflow.preview import Preview, ProposedFile, preview
from reconciler.workflow.validate import (
    ValidationResult,
    check,
    exit_code,
    read_configuration,
    settings,
)

# Rules that repeat what is wrong with the request itself.
_REPEATING: Final = {"yaml", "schema", "hidden-characters"}
# A name that no file to read can have.
_NOWHERE: Final = ".new.yaml"
# A missing value has no place in the file.
_ABOUT: Final[dict[str, Field]] = {"agreement-missing": "agreement", "until-missing": "until"}
_SINGLE: Final = frozenset[Field]({"name", "type", "owner", "until"})


class NewPartnerRequest(msgspec.Struct, frozen=True):
    """The request, what is wrong with its form, and the labels of its fields.

    It is `interactive` if missing values may be asked for. With `past`, the last day may have passed.
    """

    request: PartnerRequest
    labels: Mapping[Field, str]
    problems: tuple[Problem, ...] = ()
    interactive: bool = False
    past: bool = False


def from_options(
    name: str | None, teams: Sequence[tuple[str, tuple[str, ...]]], values: Mapping[str, Any]
) -> NewPartnerRequest:
    """Return the request of the command line."""
    early = [] if len(teams) == 1 else [admins for team, admins in teams if not team]
    problems = [
        Problem("admins", f"{', '.join(admins)} is given before its team", "give --admin after its --team")
        for admins in early
    ]
    request = PartnerRequest(
        name=name or "",
        type=values["kind"] or "",
        display_name=values["display_name"] or "",
        owner=values["owner"] or "",
        domains=values["domains"],
        agreement=values["agreement"] or "",
        until=values["until"] or "",
        access=values["groups"],
        teams=tuple(TeamRequest(*each) for each in _in_place(teams)),
    )
    return NewPartnerRequest(request, OPTIONS, tuple(problems), interactive=True, past=values["past"])


def _in_place(teams: Sequence[tuple[str, tuple[str, ...]]]) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return the teams; admins before the first team are added to it, since only their position is wrong."""
    if len(teams) < 2 or teams[0][0]:  # noqa: PLR2004  admins, and a team after them
        return teams
    (_, early), (name, admins), *others = teams
    return [(name, (*early, *admins)), *others]


def from_form(path: str) -> NewPartnerRequest:
    """Return the request in the text of an issue. Raises InputError where it is not text."""
    request, problems = edit.read_form(form_text(path))
    return NewPartnerRequest(request, edit.LABELS, tuple(problems))


def create_partner(new: NewPartnerRequest, options: EditOptions, output_format: str) -> int:
    """Write the requested file and print its path; or list everything that is wrong, and write nothing.

    The difference is printed to stderr; with --dry-run it is printed to stdout, and nothing is written.
    """
    path = find_configuration(options.config)
    files = _Files(path, read_configuration(path), check(path, options.today()))
    asks = new.interactive and console.is_interactive()
    draft = _answered(new, files) if asks else _draft(new, files)
    if draft.code:
        return _report(draft, output_format)
    proposed = [ProposedFile(draft.file, None, draft.text, ("Partner",))]
    (print_difference if options.dry_run else write_files)(path.parent, proposed)
    for problem in draft.problems:
        console.log(f"Warning: {problem_line(problem, new.labels)}")
    schema = edit.schema_of("Partner")
    if not (path.parent / schema).exists():
        console.log(f"Note: {schema} does not exist; `reconciler schema` writes it for editors.")
    return 0


class _Files(msgspec.Struct, frozen=True):
    """The files that the new one is added to."""

    path: Path
    configuration: Document
    checked: ValidationResult

    def choices(self) -> Choices:
        """Return the owners and groups to choose from."""
        documents = self.checked.repository.documents if self.checked.repository else ()
        groups = [each.body for each in documents if isinstance(each.body, AccessGroup)]
        return Choices(tuple(settings(self.configuration).spec.owners), tuple(groups))


class _Draft(msgspec.Struct, frozen=True):
    """A request, the file that it results in, all problems, those that are errors, and the exit code."""

    request: NewPartnerRequest
    file: str
    text: str
    problems: tuple[Problem, ...]
    errors: tuple[Problem, ...]
    code: int
    was_asked: bool = False


def _draft(new: NewPartnerRequest, files: _Files) -> _Draft:
    """Return the file of a request, checked together with all other files."""
    root = files.path.parent
    owners = files.choices().owners
    earliest = "" if new.past else files.checked.today
    file, problems = _place(new, root, folder_for("Partner", root, files.configuration), earliest, owners)
    text = edit.partner_file(new.request, posixpath.dirname(file))
    result = preview(files.checked, root, [ProposedFile(file, None, text, ("Partner",))])
    code = 1 if problems else exit_code(result.findings)
    found = _found(new.request, result, problems)
    errors = [problem for problem, severity in found if severity is Severity.ERROR]
    all_problems = (*problems, *(problem for problem, _ in found))
    return _Draft(new, file, text, all_problems, (*problems, *errors), code)


def _answered(new: NewPartnerRequest, files: _Files) -> _Draft:
    """Ask for missing values, and again for wrong ones, as long as other answers can help."""
    choices = files.choices()
    if new.problems:
        return _draft(new, files)
    request = completed(new.request, choices)
    while True:
        draft = _draft(msgspec.structs.replace(new, request=request), files)
        if not draft.code or not can_be_asked(draft.errors, request, choices):
            return msgspec.structs.replace(draft, was_asked=True)
        for problem in draft.errors:
            console.log(f"Error: {problem_line(problem, new.labels)}")
        fields = {problem.field for problem in draft.errors if problem.field}
        request = completed(without(request, draft.errors), choices, fields)


def _place(
    new: NewPartnerRequest, root: Path, folder: str, earliest: str, owners: Sequence[str]
) -> tuple[str, list[Problem]]:
    """Return the path of the file, and what is wrong with the request itself."""
    problems = [*new.problems, *edit.problems(new.request, earliest, owners)]
    if any(problem.field == "name" for problem in problems):
        # Only a valid name gives a path.
        return _NOWHERE, problems
    try:
        return new_file(root, folder, new.request.name), problems
    except InputError as error:
        return _NOWHERE, [*problems, Problem("name", error.message, error.hint)]


def _found(
    request: PartnerRequest, result: Preview, known: Sequence[Problem]
) -> list[tuple[Problem, Severity]]:
    """Return what the rules find in the new file, without what `known` reports already, and its severity."""
    fields = {problem.field for problem in known}
    found: list[tuple[Problem, Severity]] = []
    for finding in result.findings:
        field, team = _field(finding, request, result.documents)
        repeats = known and (finding.rule in _REPEATING or field in fields & _SINGLE)
        if finding.severity is not Severity.INFO and not repeats:
            found.append((Problem(field, finding.message, finding.hint, team), finding.severity))
    return found


def _field(
    finding: Finding, request: PartnerRequest, documents: Sequence[Document]
) -> tuple[Field | None, str]:
    """Return the field that a finding is about, if any, and the team if that is its admins."""
    if not documents or finding.rule in _ABOUT:
        return _ABOUT.get(finding.rule), ""
    return edit.field_at(documents[0], request, (finding.line, finding.column))


def _report(draft: _Draft, output_format: str) -> int:
    """Print all problems and return the exit code; in text, raise them as an error."""
    labels = draft.request.labels
    if output_format == "markdown":
        console.print_document(as_markdown(draft.problems, labels))
        return draft.code
    message = "\n".join(
        ["no file was written:", *(problem_line(problem, labels) for problem in draft.problems)]
    )
    hint = f"your answers so far: {command_line(draft.request.request)}" if draft.was_asked else ""
    raise PolicyError(message, hint) if draft.code == PolicyError.exit_code else InputError(message, hint)
