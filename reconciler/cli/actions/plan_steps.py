"""The steps that plan, apply and adopt share: open the portal, plan, print."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

import msgspec

from reconciler.cli import clock
from reconciler.cli.actions import output
from reconciler.cli.actions.checked_files import CommandOptions
from reconciler.cli.actions.findings_output import print_findings
from reconciler.cli.actions.trust import Trust
from reconciler.cli.git.repository import commit
from reconciler.cli.process import keep
from reconciler.cli.progress import ProgressDisplay
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.portal import Portal
from reconciler.model.rule import file_errors
from reconciler.workflow import validate
from reconciler.workflow.plan import Planned
from reconciler.workflow.plan import plan as make_plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.sessions import ALL, choose_portal, choose_portals, default_portal, open_portal
from reconciler.workflow.validate import ValidationResult

Options = TypeVar("Options", bound=CommandOptions)


def plan_options(
    options: CommandOptions, path: Path, document: Document, portal: str | None = None
) -> PlanOptions:
    """Return the options of a plan, for the chosen portal unless `portal` names another one."""
    return PlanOptions(
        portal=portal or choose_portal(document, options.portal)[0],
        now=clock.now(),
        commit=commit(path.parent),
        adopt=options.adopt,
        adopt_partners=options.adopt_partners,
        adopt_groups=options.adopt_groups,
        adopt_all=options.adopt_all,
        adopt_from=options.adopt_from,
        selection=options.selection,
        allow=options.allow,
    )


def connect(
    options: CommandOptions, path: Path, checked: ValidationResult
) -> AbstractAsyncContextManager[Portal]:
    """Return a context that opens the chosen portal. A base's configuration was reviewed, others were not."""
    is_reviewed = checked.base is not None and checked.base.configuration is not None
    trust = Trust(path, reviewed=is_reviewed)
    return open_portal(path, configuration(checked), options.portal, trust, checked.repository)


def several(names: Sequence[str], document: Document) -> list[str] | None:
    """Return the portals that are named; None if the command line names at most one. Raises InputError."""
    if len(names) < 2 and (ALL not in names or ALL in validate.settings(document).spec.portals):  # noqa: PLR2004  two
        return None
    return choose_portals(document, names)


def for_portal(options: Options, name: str) -> Options:
    """Return the options for one of the chosen portals."""
    return msgspec.structs.replace(options, portals=(name,))


async def plan(
    options: CommandOptions, path: Path, checked: ValidationResult, portal: Portal, about: str = ""
) -> Planned:
    """Read the portal and plan; `about` is shown with the progress."""
    progress = ProgressDisplay(about)
    try:
        selected = plan_options(options, path, configuration(checked))
        planned = await make_plan(checked, portal, selected, progress)
    finally:
        progress.clear()
    keep((portal, planned))
    return planned


def configuration(checked: ValidationResult) -> Document:
    """Return the configuration that was read. Raises InputError where none could be."""
    if checked.repository is None:
        raise InputError("the configuration could not be read", "see the findings above")
    return checked.repository.configuration


def report_file_errors(options: CommandOptions, checked: ValidationResult) -> bool:
    """Print the findings and return True where errors of the files allow no plan."""
    if checked.repository is not None and not file_errors(checked.findings):
        return False
    print_findings(checked, options.output_format, options.config, _analysis(options, checked))
    return True


def report_refusal(options: CommandOptions, checked: ValidationResult, planned: Planned) -> int:
    """Print why there is no plan, and return the exit code."""
    refused = msgspec.structs.replace(checked, findings=planned.findings)
    print_findings(refused, options.output_format, options.config, _analysis(options, checked))
    return InputError.exit_code


def _analysis(options: CommandOptions, checked: ValidationResult) -> str:
    """Return the name of the analysis, also where no portal was opened."""
    document = checked.repository.configuration if checked.repository else None
    default = default_portal(document) if document else None
    return output.analysis(",".join(options.portals) or default)
