"""A partner's new file: who asks for it, whether it may be so, and writing it."""

import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler import edit, workflow
from reconciler.cli import console, runtime
from reconciler.cli.partner_prompts import (
    OPTIONS,
    Choices,
    can_be_asked,
    command_line,
    completed,
    without,
)
from reconciler.cli.storage import checkout
from reconciler.errors import InputError, PolicyError
from reconciler.model.document import AccessGroup, Document
from reconciler.model.file_names import may_hold_documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.model.printable import printable
from reconciler.render.markdown.problems import problems as as_markdown
from reconciler.workflow.preview import Preview, preview

# Where a request itself is wrong, these repeat it.
_REPEATING: Final = {"yaml", "schema", "hidden-characters"}
# No file that is read is called so.
_NOWHERE: Final = ".new.yaml"
# What is missing stands nowhere.
_ABOUT: Final[dict[str, Field]] = {"agreement-missing": "agreement", "until-missing": "until"}
_SINGLE: Final = frozenset[Field]({"name", "type", "owner", "until"})


class NewPartnerRequest(msgspec.Struct, frozen=True):
    """What is asked for, what is wrong with how it was asked, and how whoever asks calls the fields.

    `past` is whether its last day may be in the past.
    """

    request: PartnerRequest
    labels: Mapping[Field, str]
    problems: tuple[Problem, ...] = ()
    by_hand: bool = False
    past: bool = False


def of_options(
    name: str | None, teams: Sequence[tuple[str, tuple[str, ...]]], said: Mapping[str, Any]
) -> NewPartnerRequest:
    """Return what the command line asks for."""
    early = [] if len(teams) == 1 else [admins for team, admins in teams if not team]
    problems = [
        Problem("admins", f"{', '.join(admins)} stands before its team", "give --admin after its --team")
        for admins in early
    ]
    request = PartnerRequest(
        name=name or "",
        type=said["kind"] or "",
        display_name=said["display_name"] or "",
        owner=said["owner"] or "",
        domains=said["domains"],
        agreement=said["agreement"] or "",
        until=said["until"] or "",
        access=said["groups"],
        teams=tuple(TeamRequest(*each) for each in _in_place(teams)),
    )
    return NewPartnerRequest(request, OPTIONS, tuple(problems), by_hand=True, past=said["past"])


def _in_place(teams: Sequence[tuple[str, tuple[str, ...]]]) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return the teams, admins that stand before the first of them given to it: only their place is wrong."""
    if len(teams) < 2 or teams[0][0]:  # noqa: PLR2004  there has to be a team that they stand before
        return teams
    (_, early), (name, admins), *others = teams
    return [(name, (*early, *admins)), *others]


def of_form(path: str) -> NewPartnerRequest:
    """Return what the text of an issue asks for. Raises InputError where there is no text."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        body = content.decode()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8") from error
    request, problems = edit.read_form(body)
    return NewPartnerRequest(request, edit.LABELS, tuple(problems))


def write(asked: NewPartnerRequest, config: str | None, day: str | None, output_format: str) -> int:
    """Write the file that is asked for and print its path; or tell all that is wrong, and write nothing."""
    path, today = runtime.configuration(config), runtime.today(day)
    here = _Here(path, workflow.read_configuration(path), workflow.check(path, today))
    judged = _answered(asked, here) if asked.by_hand and console.can_ask() else _judged(asked, here)
    if judged.code:
        return _refused(judged, output_format)
    file = path.parent / judged.file
    checkout.create(file, judged.text.encode(), checkout.top_level(path.parent))
    for problem in judged.problems:
        console.say(f"Warning: {_line(problem, asked.labels)}")
    console.out(_shown(file))
    return 0


class _Here(msgspec.Struct, frozen=True):
    """The files that the partner comes to."""

    path: Path
    configuration: Document
    checked: workflow.ValidationResult

    def choices(self) -> Choices:
        """Return what can be chosen from."""
        documents = self.checked.repository.documents if self.checked.repository else ()
        groups = [each.body for each in documents if isinstance(each.body, AccessGroup)]
        return Choices(tuple(workflow.settings(self.configuration).spec.owners), tuple(groups))


class _Judged(msgspec.Struct, frozen=True):
    """What is asked for, the file that comes of it, what is said of it and what of that is wrong."""

    asked: NewPartnerRequest
    file: str
    text: str
    problems: tuple[Problem, ...]
    wrong: tuple[Problem, ...]
    code: int
    was_asked: bool = False


def _judged(asked: NewPartnerRequest, here: _Here) -> _Judged:
    """Return what comes of it, checked together with all other files."""
    root = here.path.parent
    owners = here.choices().owners
    earliest = "" if asked.past else here.checked.today
    file, problems = _place(asked, root, _folder(root, here.configuration), earliest, owners)
    text = edit.partner_file(asked.request, posixpath.dirname(file))
    drafted = preview(here.checked, root, file, text, ["Partner"])
    code = 1 if problems else workflow.exit_code(drafted.findings)
    found = _found(asked.request, drafted, problems)
    errors = [problem for problem, severity in found if severity is Severity.ERROR]
    told = (*problems, *(problem for problem, _ in found))
    return _Judged(asked, file, text, told, (*problems, *errors), code)


def _answered(asked: NewPartnerRequest, here: _Here) -> _Judged:
    """Ask for what is missing, and again for what is wrong, as long as other answers can help."""
    choices = here.choices()
    if asked.problems:
        return _judged(asked, here)
    request = completed(asked.request, choices)
    while True:
        judged = _judged(msgspec.structs.replace(asked, request=request), here)
        fields = {problem.field for problem in judged.wrong if problem.field}
        if not judged.code or not can_be_asked(judged.wrong, request, choices):
            return msgspec.structs.replace(judged, was_asked=True)
        for problem in judged.wrong:
            console.say(f"Error: {_line(problem, asked.labels)}")
        request = completed(without(request, fields), choices, fields)


def _place(
    asked: NewPartnerRequest, root: Path, folder: str, earliest: str, owners: Sequence[str]
) -> tuple[str, list[Problem]]:
    """Return where the file will stand, and what is wrong with the request alone."""
    problems = [*asked.problems, *edit.problems(asked.request, earliest, owners)]
    if any(problem.field == "name" for problem in problems):
        # Nothing but a name that can be one says where a file stands.
        return _NOWHERE, problems
    file = posixpath.normpath(posixpath.join(folder, f"{asked.request.name}.yaml"))
    if os.path.lexists(root / file):
        problems.append(Problem("name", f"the file {file} is there already", "choose another name"))
        return _NOWHERE, problems
    return file, problems


def _folder(root: Path, configuration: Document) -> str:
    """Return the first folder in which a partner may stand. Raises InputError."""
    paths = workflow.settings(configuration).spec.paths
    folder = next(
        (path for path, kinds in paths.items() if "Partner" in kinds and not may_hold_documents(path)), None
    )
    if folder is None:
        raise InputError(
            f"{configuration.file} names no folder for partners",
            "write one below paths: partners: [Partner]",
        )
    if not (root / folder).resolve().is_relative_to(root.resolve()):
        raise InputError(f"{folder} leads outside the repository", "name a folder inside it below paths")
    return posixpath.normpath(folder)


def _found(
    request: PartnerRequest, drafted: Preview, told: Sequence[Problem]
) -> list[tuple[Problem, Severity]]:
    """Return what the files have against the document, but for what was told already, and how it weighs."""
    fields = {problem.field for problem in told}
    found: list[tuple[Problem, Severity]] = []
    for finding in drafted.findings:
        field = _field(finding, request, drafted.documents)
        repeats = told and (finding.rule in _REPEATING or field in fields & _SINGLE)
        if finding.severity is not Severity.INFO and not repeats:
            found.append((Problem(field, finding.message, finding.hint), finding.severity))
    return found


def _field(finding: Finding, request: PartnerRequest, documents: Sequence[Document]) -> Field | None:
    """Return the field that a finding is about, if it is about one."""
    if not documents or finding.rule in _ABOUT:
        return _ABOUT.get(finding.rule)
    return edit.field_at(documents[0], request, (finding.line, finding.column))


def _refused(judged: _Judged, output_format: str) -> int:
    """Tell all that is wrong, and return the exit code; in text, by raising it."""
    labels = judged.asked.labels
    if output_format == "markdown":
        console.write(as_markdown(judged.problems, labels))
        return judged.code
    said = "\n".join(["no file was written:", *(_line(problem, labels) for problem in judged.problems)])
    hint = f"what was said: {command_line(judged.asked.request)}" if judged.was_asked else ""
    raise PolicyError(said, hint) if judged.code == PolicyError.exit_code else InputError(said, hint)


def _line(problem: Problem, labels: Mapping[Field, str]) -> str:
    label = f"{labels[problem.field]}: " if problem.field else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    return printable(f"{label}{problem.message}{hint}")


def _shown(path: Path) -> str:
    """Return a path as it is seen from the current folder, where it is below it."""
    here, whole = Path.cwd().resolve(), path.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
