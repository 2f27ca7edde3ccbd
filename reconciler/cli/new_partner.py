"""A partner's new file: who asks for it, whether it may be so, and writing it."""

import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from reconciler import edit, workflow
from reconciler.cli import edge, streams
from reconciler.cli.asking import answer
from reconciler.errors import InputError, PolicyError
from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity
from reconciler.model.request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.model.values import PartnerType
from reconciler.model.visible import visible
from reconciler.render.markdown.problems import problems as as_markdown
from reconciler.workflow.drafting import Drafted, draft

_OPTIONS: Final[dict[Field, str]] = {
    "name": "NAME",
    "type": "--type",
    "displayName": "--display-name",
    "owner": "--owner",
    "domains": "--domain",
    "agreement": "--agreement",
    "until": "--until",
    "access": "--access",
    "team": "--team",
    "admins": "--admin",
}
# Where a request itself is wrong, these repeat it.
_REPEATING: Final = {"yaml", "schema", "hidden-characters"}
# No file that is read is called so.
_NOWHERE: Final = ".new.yaml"
# What is missing stands nowhere.
_ABOUT: Final[dict[str, Field]] = {"agreement-missing": "agreement", "until-missing": "until"}
_SINGLE: Final = frozenset[Field]({"name", "type", "owner"})
_ENDINGS: Final = (".yaml", ".yml")


class Asked(msgspec.Struct, frozen=True):
    """What is asked for, what is wrong with how it was asked, and how whoever asks calls the fields."""

    request: PartnerRequest
    labels: Mapping[Field, str]
    problems: tuple[Problem, ...] = ()
    by_hand: bool = False


def of_options(
    name: str | None, teams: Sequence[tuple[str, tuple[str, ...]]], said: Mapping[str, Any]
) -> Asked:
    """Return what the command line asks for."""
    request = PartnerRequest(
        name=name or "",
        type=said["kind"] or "",
        display_name=said["display_name"] or "",
        owner=said["owner"] or "",
        domains=said["domains"],
        agreement=said["agreement"] or "",
        until=said["until"] or "",
        access=said["groups"],
        teams=tuple(TeamRequest(team, admins) for team, admins in teams),
    )
    return Asked(request, _OPTIONS, by_hand=True)


def of_form(path: str) -> Asked:
    """Return what the text of an issue asks for. Raises InputError where there is no text."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        body = content.decode()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8") from error
    request, problems = edit.read_form(body)
    return Asked(request, edit.LABELS, tuple(problems))


def write(asked: Asked, config: str | None, day: str | None, output_format: str) -> int:
    """Write the file that is asked for and print its path; or tell all that is wrong, and write nothing."""
    path, today = edge.configuration(config), edge.today(day)
    configuration = workflow.read_configuration(path)
    if asked.by_hand and streams.is_terminal(sys.stdin) and streams.is_terminal(sys.stderr):
        asked = _completed(asked, configuration)
    file, problems = _place(asked, path.parent, _folder(path.parent, configuration), today)
    text = edit.partner_file(asked.request, posixpath.dirname(file))
    drafted = draft(workflow.check(path, today), path.parent, file, text, ["Partner"])
    code = 1 if problems else workflow.exit_code(drafted.findings)
    problems += _found(asked.request, drafted, problems)
    if code:
        return _refused(problems, asked.labels, code, output_format)
    _create(path.parent / file, text)
    for problem in problems:
        streams.say(f"Warning: {_line(problem, asked.labels)}")
    streams.out(_shown(path.parent / file))
    return 0


def _place(asked: Asked, root: Path, folder: str, today: str) -> tuple[str, list[Problem]]:
    """Return where the file will stand, and what is wrong with the request alone."""
    problems = [*asked.problems, *edit.problems(asked.request, today)]
    if any(problem.field == "name" for problem in problems):
        # Nothing but a name that can be one says where a file stands.
        return _NOWHERE, problems
    file = posixpath.normpath(posixpath.join(folder, f"{asked.request.name}.yaml"))
    if os.path.lexists(root / file):
        problems.append(Problem("name", f"the file {file} is there already", "choose another name"))
        return _NOWHERE, problems
    return file, problems


def _completed(asked: Asked, configuration: Document) -> Asked:
    """Return the request with what is required, asked for where it is missing."""
    request = asked.request
    owners = tuple(workflow.settings(configuration).spec.owners)
    answers = {
        "display_name": request.display_name or _answer("Name of the partner", "displayName"),
        "name": request.name or _answer("Short name, for the file", "name"),
        "type": request.type or _answer("Type", "type", get_args(PartnerType)),
        "owner": request.owner or _answer("Who answers for it inside", "owner", owners),
    }
    return msgspec.structs.replace(asked, request=msgspec.structs.replace(request, **answers))


def _answer(question: str, field: Field, choices: Sequence[str] = ()) -> str:
    """Ask for the value of a field, which may be one of these choices."""

    def wrong(text: str) -> str:
        if choices:
            return "" if text in choices else f"choose one of {', '.join(choices)}"
        problem = edit.problem(field, text)
        return f"{problem.message}; {problem.hint}" if problem else ""

    return answer(f"{question} [{', '.join(choices)}]" if choices else question, wrong)


def _folder(root: Path, configuration: Document) -> str:
    """Return the first folder in which a partner may stand. Raises InputError."""
    paths = workflow.settings(configuration).spec.paths
    folder = next(
        (path for path, kinds in paths.items() if "Partner" in kinds and not path.endswith(_ENDINGS)), None
    )
    if folder is None:
        raise InputError(
            f"{configuration.file} names no folder for partners",
            "write one below paths: partners: [Partner]",
        )
    if not (root / folder).resolve().is_relative_to(root.resolve()):
        raise InputError(f"{folder} leads outside the repository", "name a folder inside it below paths")
    return posixpath.normpath(folder)


def _found(request: PartnerRequest, drafted: Drafted, told: Sequence[Problem]) -> list[Problem]:
    """Return what the files have against the document, but for what was told already."""
    fields = {problem.field for problem in told}
    found = []
    for finding in drafted.findings:
        field = _field(finding, request, drafted.documents)
        repeats = told and (finding.rule in _REPEATING or field in fields & _SINGLE)
        if finding.severity is not Severity.INFO and not repeats:
            found.append(Problem(field, finding.message, finding.hint))
    return found


def _field(finding: Finding, request: PartnerRequest, documents: Sequence[Document]) -> Field | None:
    """Return the field that a finding is about, if it is about one."""
    if not documents or finding.rule in _ABOUT:
        return _ABOUT.get(finding.rule)
    return edit.field_at(documents[0], request, (finding.line, finding.column))


def _refused(problems: Sequence[Problem], labels: Mapping[Field, str], code: int, output_format: str) -> int:
    """Tell all that is wrong, and return the exit code; in text, by raising it."""
    if output_format == "markdown":
        streams.out(as_markdown(problems, labels))
        return code
    said = "\n".join(["no file was written:", *(_line(problem, labels) for problem in problems)])
    raise PolicyError(said) if code == PolicyError.exit_code else InputError(said)


def _line(problem: Problem, labels: Mapping[Field, str]) -> str:
    label = f"{labels[problem.field]}: " if problem.field else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    return visible(f"{label}{problem.message}{hint}")


def _create(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises InputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def _shown(path: Path) -> str:
    """Return a path as it is seen from the current folder, where it is below it."""
    here, whole = Path.cwd().resolve(), path.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
