"""Which checks are run, and what becomes of their errors and secrets."""

import asyncio

from reconciler.errors import InputError, PortalError
from reconciler.model.health import Check, CheckReport, CheckResult, failed, ok, skipped, warning
from reconciler.model.secret import SecretText
from reconciler.workflow.checks import CheckRunner

BUG = "report it to the maintainers of the portal's type"


def check(name: str, found: CheckResult | Exception, *needs: str) -> Check:
    async def run() -> CheckResult:
        if isinstance(found, Exception):
            raise found
        return found

    return Check(name, run, needs)


def reports(*checks: Check, secrets: tuple[str, ...] = ()) -> list[CheckReport]:
    runner = CheckRunner()
    runner.secrets += map(SecretText, secrets)
    asyncio.run(runner.run(checks))
    return runner.reports


def report(name: str, status: str, detail: str, hint: str = "", exit_code: int = 0) -> CheckReport:
    return CheckReport(name=name, status=status, detail=detail, hint=hint, exit_code=exit_code)  # type: ignore[arg-type]


def test_results_and_errors_become_reports_with_their_exit_codes() -> None:
    assert reports(
        check("a", ok("fine")),
        check("b", warning("odd", "look")),
        check("c", failed("bad", "do")),
        check("d", PortalError("down", "wait")),
        check("e", InputError("unset", "set it")),
        check("f", KeyError("missing")),
        check("g", ok("never"), "f"),
        check("h", ok("fine")),
    ) == [
        report("a", "ok", "fine"),
        report("b", "warning", "odd", "look"),
        report("c", "failed", "bad", "do", 5),
        report("d", "failed", "down", "wait", 5),
        report("e", "failed", "unset", "set it", 1),
        report("f", "failed", "unexpected error: KeyError: 'missing'", BUG, 1),
        report("g", "skipped", "not checked, because the check `f` failed"),
        report("h", "ok", "fine"),
    ]


def test_what_needs_a_failed_check_is_skipped_with_the_first_reason_and_the_rest_is_run() -> None:
    reason = "not checked, because the check `a` failed"

    assert reports(
        check("a", failed("bad", "do")),
        check("b", ok("never"), "a"),
        check("c", ok("never"), "b"),
        check("d", ok("fine"), "unknown"),
        check("e", warning("odd", "look")),
        check("f", ok("fine"), "e", "d"),
        check("g", skipped("no date")),
        check("h", ok("never"), "g"),
    ) == [
        report("a", "failed", "bad", "do", 5),
        report("b", "skipped", reason),
        report("c", "skipped", reason),
        report("d", "ok", "fine"),
        report("e", "warning", "odd", "look"),
        report("f", "ok", "fine"),
        report("g", "skipped", "no date"),
        report("h", "skipped", "no date"),
    ]


def test_no_report_shows_a_secret_and_each_is_one_line() -> None:
    assert reports(
        check("a", ok("it is s3cret\nreally", "not s3cret")),
        check("b", PortalError("s3cret", "k3y")),
        check("c", ValueError("s3cret\nk3y")),
        secrets=("s3cret", "k3y"),
    ) == [
        report("a", "ok", "it is ••• really", "not •••"),
        report("b", "failed", "•••", "•••", 5),
        report("c", "failed", "unexpected error: ValueError: ••• •••", BUG, 1),
    ]
