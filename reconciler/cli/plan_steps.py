"""What plan, apply and adopt do alike: check the files, open the portal, plan, print."""

from pathlib import Path

import msgspec

from reconciler import workflow
from reconciler.cli import clock, output, runtime
from reconciler.cli.git.repository import commit
from reconciler.cli.progress import Watch
from reconciler.cli.trust import Trust
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.workflow import Planned, PlanOptions, ValidationResult


class CommandOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line, as plan, apply and adopt share it."""

    config: str | None
    portal: str | None
    day: str | None
    output_format: str
    adopt: tuple[str, ...] | None = None
    adopt_all: bool = False
    adopt_from: str | None = None
    only_expired: bool = False
    base: str | None = None
    bootstrap: bool = False
    allow: tuple[str, ...] = ()
    auto_approve: bool = False
    approved: str | None = None
    lock_seconds: float = 0


def check(asked: CommandOptions) -> tuple[Path, ValidationResult]:
    """Read and judge the files, beside what they are compared with. Raises InputError."""
    path = runtime.configuration(asked.config)
    today = runtime.today(asked.day)
    if asked.base is None:
        return path, workflow.check(path, today)
    from reconciler.cli.git.base_checkout import compared_with  # noqa: PLC0415  only here

    with compared_with(path, asked.base, bootstrap=asked.bootstrap) as base:
        return path, workflow.check(path, today, base)


def plan_options(
    asked: CommandOptions, path: Path, document: Document, portal: str | None = None
) -> PlanOptions:
    """Return what is wished for of a plan, for the portal that was chosen unless another is meant."""
    return PlanOptions(
        portal=portal or workflow.choose_portal(document, asked.portal)[0],
        now=clock.now(),
        commit=commit(path.parent),
        adopt=asked.adopt,
        adopt_all=asked.adopt_all,
        adopt_from=asked.adopt_from,
        only_expired=asked.only_expired,
        allow=asked.allow,
    )


async def plan(asked: CommandOptions, path: Path, checked: ValidationResult, portal: Portal) -> Planned:
    """Read the portal and plan."""
    watch = Watch()
    try:
        return await workflow.plan(checked, portal, plan_options(asked, path, configuration(checked)), watch)
    finally:
        watch.done()


def trust(path: Path, checked: ValidationResult) -> Trust:
    """Return what the configuration may use: a base's was reviewed, one that is only checked out was not."""
    return Trust(path, reviewed=checked.base is not None and checked.base.configuration is not None)


def configuration(checked: ValidationResult) -> Document:
    """Return the configuration that was read. Raises InputError where none could be."""
    if checked.repository is None:
        raise InputError("the configuration could not be read", "see the findings above")
    return checked.repository.configuration


def stopped_by_files(asked: CommandOptions, checked: ValidationResult) -> bool:
    """Print the findings and return True where errors of the files allow no plan."""
    from reconciler.model.rule import file_errors  # noqa: PLC0415  small

    if checked.repository is not None and not file_errors(checked.findings):
        return False
    output.findings(checked, asked.output_format, asked.config, _about(asked, checked))
    return True


def refused(asked: CommandOptions, checked: ValidationResult, found: Planned) -> int:
    """Print why there is no plan, and return the exit code."""
    told = msgspec.structs.replace(checked, findings=found.findings)
    output.findings(told, asked.output_format, asked.config, _about(asked, checked))
    return InputError.exit_code


def _about(asked: CommandOptions, checked: ValidationResult) -> str:
    """Return the name of the analysis, also where no portal was opened."""
    document = checked.repository.configuration if checked.repository else None
    default = workflow.settings(document).spec.default_portal if document else None
    return output.about(asked.portal or default)


def saved(path: str) -> Plan:
    """Read a plan file. Raises InputError, PlanError."""
    from reconciler.model.plan import read_plan  # noqa: PLC0415  small

    return read_plan(content(path))


def format_of(content: bytes) -> str:
    """Return the format that a file names, in its first line where each is JSON of its own; else nothing."""
    for part in (content, content.partition(b"\n")[0]):
        try:
            document = decode_json(part, ANY_JSON)
        except msgspec.DecodeError:
            continue
        said = document.get("format") if isinstance(document, dict) else None
        return said if isinstance(said, str) else ""
    return ""


def content(path: str) -> bytes:
    """Return what a file holds. Raises InputError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
