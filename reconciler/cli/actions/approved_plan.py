"""Find the digest of the plan that a merge approved."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from reconciler import forge
from reconciler.cli.actions.portals import log_error, log_failures, side_by_side
from reconciler.cli.ci import environment
from reconciler.cli.ci.commit_objections import commit_objections
from reconciler.cli.ci.environment import Job
from reconciler.cli.ci.expected_setup import of_configuration
from reconciler.cli.console import log, print_result
from reconciler.cli.git.base_files import configuration_at
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.out_file import ApprovalsFile
from reconciler.cli.storage.result_files import read_saved_plan
from reconciler.errors import InputError, PlanError
from reconciler.model.approval import OwnerApproval
from reconciler.model.approved_plans import ApprovedPlans, PlanApproval
from reconciler.model.plan import Plan
from reconciler.model.portal_results import PortalFailure, worst
from reconciler.model.printable import printable
from reconciler.render import json_format
from reconciler.workflow.sessions import ALL, choose_portals
from reconciler.workflow.validate import read_configuration

_PLANS: Final = "give the plans of what was merged with --plan, as `apply.yml` of this version does"


def print_approved_plans(
    files: Sequence[str], out: str | None, commit: str, app: str, config: str | None, *, allow_http: bool
) -> int:
    """Print the digest of each plan that was approved, with all approvals; return the exit code.

    Raises InputError, ForgeError.
    """
    saved = None if out is None else ApprovalsFile(out, config)
    plans = [read_saved_plan(file) for file in files]
    if len({each.portal for each in plans}) < len(plans):
        raise InputError("two of the plans are for the same portal", "give one plan of each portal")
    job = environment.job(app, allow_http=allow_http)
    found = run_async(_approvals(job, commit, config, plans))
    if saved is not None:
        saved.write(json_format.approved_plans(ApprovedPlans(plans=tuple(found))).encode())
    for plan, approval in zip(plans, found, strict=True):
        _report(plan, approval)
    return 0 if all(each.is_approved for each in found) else PlanError.exit_code


async def _approvals(job: Job, commit: str, config: str | None, plans: Sequence[Plan]) -> list[PlanApproval]:
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        pull = await connected.merged_as(commit, job.branch)
        with commit_objections(connected, job, pull.head if pull else "", config) as objections:
            return [
                await forge.plan_approval(
                    connected, job.settings.kind, pull, each, objections, objections.excess
                )
                for each in plans
            ]


def _report(plan: Plan, approval: PlanApproval) -> None:
    """Print the digest of a plan, or its problem; log which approvals were not given and not enforced."""
    about = f"{plan.portal}: "
    for each in approval.approvals:
        if not each.enforced and not each.approved_by and not each.standing_approval:
            log(printable(f"Warning: {about}{each.owner} has not approved, which is not enforced"))
    if not approval.is_approved:
        problems = filter(None, (approval.problem, *map(_request, approval.missing)))
        log_error("\n".join(f"{about}{each}" for each in problems), approval.hint)
    elif plan.changes:
        print_result(plan.digest)


def _request(missing: OwnerApproval) -> str:
    """Return what an owner has to approve, who can, and why given approvals do not count."""
    people = f": {_either(missing.approvers)} can approve" if missing.approvers else ""
    text = f"{missing.owner} has not approved{people} ({'; '.join(missing.reasons)})"
    others = [f"the approval of {each.login} was {each.reason}" for each in missing.uncounted]
    return "; ".join(filter(None, (text, *others, missing.problem)))


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def print_approved(
    commit: str, app: str, config: str | None, names: tuple[str, ...], *, allow_http: bool
) -> int:
    """Print the digest of each portal, and return the exit code.

    Raises InputError, ForgeError, and PlanError where no plan was approved or approvals are enforced.
    """
    job = environment.job(app, allow_http=allow_http)
    _require_not_enforced(job.settings.kind, commit, config)
    if not all(names) or not names or ALL in names:
        names = tuple(choose_portals(read_configuration(find_configuration(config)), names))

    async def work(portal: str) -> str:
        async with forge.connect(job.settings, environment.retry_policy()) as connected:
            return await forge.approved(connected, commit, portal, job.branch)

    if len(names) == 1:
        print_result(run_async(work(names[0])))
        return 0
    found = run_async(side_by_side(names, work))
    for digest in found:
        if isinstance(digest, str):
            print_result(digest)
    failures = [each for each in found if isinstance(each, PortalFailure)]
    log_failures(failures)
    return worst(each.exit_code for each in failures)


def _require_not_enforced(kind: str, commit: str, config: str | None) -> None:
    """Raise PlanError where the configuration enforces approvals, here or before the merge."""
    try:
        path = find_configuration(config)
        documents = [read_configuration(path)]
    except InputError:
        log("Warning: whether approvals are enforced is unknown, and they are not checked without --plan")
        return
    with suppress(InputError):
        documents.append(configuration_at(path, f"{commit}^"))
    # Approvals of teams are only enforced where their members can be read, which is not known here.
    if any(of_configuration(each, kind).approvals for each in documents):
        raise PlanError("the configuration enforces approvals, and only plans show which", _PLANS)
