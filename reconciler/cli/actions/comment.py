"""Report plans and receipts to a forge."""

from collections.abc import Callable, Sequence
from typing import Any

import click
import msgspec

from reconciler.cli.actions import portals
from reconciler.cli.ci import environment, pull_request, report
from reconciler.cli.ci.plan_review import Presentation, review
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.result_files import (
    format_of,
    naming,
    read_approvals,
    read_file,
    read_saved_plan,
)
from reconciler.errors import InputError, ReconcilerError
from reconciler.model.approved_plans import ApprovedPlans, PlanApproval
from reconciler.model.journal import read_journal
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal_results import worst
from reconciler.model.receipt import Receipt, read_receipt


class CommentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the commands below `reconciler comment`, each of which has some of them."""

    file: str
    app: str
    allow_http: bool
    people: str
    number: int | None = None
    commit: str | None = None
    page: str = ""
    parts: str = ""
    approvals: str | None = None

    def approval_of(self, plan: Plan | None) -> PlanApproval | None:
        """Return whether a merged plan was approved, if that is known. Raises InputError."""
        if plan is None or self.approvals is None:
            return None
        return read_approvals(self.approvals).of(plan)

    def job(self) -> environment.Job:
        """Return the job that this runs in. Raises InputError."""
        return environment.job(self.app, allow_http=self.allow_http)

    @property
    def names(self) -> bool:
        """Whether Markdown names all people."""
        return self.people == "names"

    @property
    def presentation(self) -> Presentation:
        """How plans are shown."""
        return Presentation(self.names, self.page, self.parts)


class LegacyOptions(CommentOptions, frozen=True, kw_only=True):
    """The options of `reconciler comment FILE`, which excluded one another."""

    plan_file: str | None
    drift_issue: bool
    is_merged: bool
    of_fork: bool


def for_each(files: Sequence[str], options: dict[str, Any], comment: Callable[[CommentOptions], None]) -> int:
    """Comment on each file, and return the exit code; one of several that fails does not stop the others."""
    failures = _Failures(files)
    for file in files:
        try:
            comment(CommentOptions(file=file, **options))
        except ReconcilerError as error:
            failures.add(file, error)
    return worst(failures.codes)


def comment_plans(files: Sequence[str], options: CommentOptions) -> int:
    """Comment on the pull request of plans, set their checks and that of the approvals; return the exit code.

    A plan that fails does not stop the others. One that is too large for a comment is reported, and fails.
    Raises the failure of a single plan.
    """
    failures = _Failures(files)
    plans: dict[str, Plan] = {}
    for file in files:
        try:
            plans[file] = read_saved_plan(file)
        except ReconcilerError as error:
            failures.add(file, error)
    if plans:
        given = pull_request.PlanSet(tuple(plans.values()), complete=len(plans) == len(files))
        target = pull_request.Target(options.number, options.commit)
        work = pull_request.report_plans(given, options.job(), target, options.presentation)
        failed = {plan.checksum: error for plan, error in run_async(work)}
        for file, plan in plans.items():
            if plan.checksum in failed:
                failures.add(file, failed[plan.checksum])
    return worst(failures.codes)


class _Failures:
    """The failures of some of several files, which are logged; that of a single file is raised."""

    def __init__(self, files: Sequence[str]) -> None:
        self._alone = len(files) == 1
        self.codes: list[int] = []

    def add(self, file: str, error: ReconcilerError) -> None:
        """Log a failure. Raises that of a single file."""
        if self._alone:
            raise error
        self.codes.append(error.exit_code)
        portals.log_error(f"{file}: {error.message}", error.hint)


def comment_merge(options: CommentOptions) -> None:
    """Comment on the merged pull request of a plan that was not applied."""
    made, job = read_saved_plan(options.file), options.job()
    draft = report.merged(made, options.approval_of(made), job)
    run_async(report.report_merge(draft, job, options.number, options.commit))


def comment_receipt(options: CommentOptions, plan_file: str | None) -> None:
    """Comment on the pull request of a receipt, or of a journal in place of a missing receipt."""
    made = read_saved_plan(plan_file) if plan_file is not None else None
    written = _read_receipt(options.file)
    job = options.job()
    draft = report.receipt(written, made, options.approval_of(made), names=options.names)
    run_async(report.report_merge(draft, job, options.number, options.commit))


def comment_receipts(files: Sequence[str], plan_files: Sequence[str], options: dict[str, Any]) -> int:
    """Comment on the receipts of several portals, each with the plan of its portal.

    A plan without a receipt was not applied, or not approved, and gets the comment for that.
    """
    approvals = options["approvals"]
    approved = read_approvals(approvals) if approvals else ApprovedPlans(plans=())
    plans = {read_saved_plan(file).portal: file for file in plan_files}
    applied = {file: _read_receipt(file).portal for file in files}
    code = for_each(files, options, lambda each: comment_receipt(each, plans.get(applied[each.file])))
    left = [
        file
        for portal, file in plans.items()
        if portal not in applied.values() and _is_left(read_saved_plan(file), approved)
    ]
    if not left:
        return code
    return worst([code, for_each(left, options, comment_merge)])


def _is_left(plan: Plan, approved: ApprovedPlans) -> bool:
    """Whether a plan was not applied, or not approved."""
    approval = approved.of(plan)
    return bool(plan.changes) or (approval is not None and not approval.is_approved)


def comment_drift(options: CommentOptions) -> None:
    """Keep the issue about drift up to date."""
    made, job = read_saved_plan(options.file), options.job()
    run_async(report.report_drift(review(made, job, options.presentation).draft, job))


def comment_fork(options: CommentOptions, number: int, commit: str) -> None:
    """Comment on the pull request of a fork, with the plan that the fork's own run made."""
    made, job = read_saved_plan(options.file), options.job()
    if made.portal_id != FILES:
        raise InputError(
            "the plan of a fork must be made from files only", "use `plan --base REF --files-only`"
        )
    draft = review(made, job, options.presentation, is_fork=True).draft
    run_async(report.report_fork(draft, job, number, commit))


def comment_file(options: LegacyOptions) -> None:
    """Do what the options of `reconciler comment FILE` select. Raises click.UsageError."""
    is_receipt = _receipt(read_file(options.file)) is not None
    number, commit = options.number, options.commit
    if options.drift_issue and (is_receipt or number or commit):
        raise click.UsageError("--drift-issue needs a plan, and excludes --pull-request and --commit.")
    if options.is_merged and (is_receipt or options.drift_issue or options.of_fork):
        raise click.UsageError("--merged needs a plan, and excludes --drift-issue and --of-fork.")
    if options.of_fork and (is_receipt or options.drift_issue or number is None or commit is None):
        raise click.UsageError("--of-fork needs a plan, --pull-request and --commit.")
    if is_receipt:
        comment_receipt(options, options.plan_file)
    elif options.plan_file is not None:
        raise click.UsageError("--plan needs a receipt.")
    elif options.drift_issue:
        comment_drift(options)
    elif options.of_fork and number is not None and commit is not None:
        comment_fork(options, number, commit)
    elif options.is_merged:
        comment_merge(options)
    else:
        comment_plans([options.file], options)


def _read_receipt(file: str) -> Receipt:
    """Return the receipt in a file, or the one made from a journal. Raises InputError."""
    content = read_file(file)
    with naming(file):
        return _receipt(content) or read_receipt(content)


def _receipt(content: bytes) -> Receipt | None:
    """Return the receipt in a file, or the one made from a journal; None for any other file."""
    named = format_of(content)
    if named.startswith("reconciler-journal/"):
        return read_journal(content)
    return read_receipt(content) if named.startswith("reconciler-receipt/") else None
