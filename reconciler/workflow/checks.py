"""Run checks one after another, and skip those that depend on a failed one."""

from collections.abc import Iterable

from reconciler.errors import PortalError, ReconcilerError
from reconciler.model.health import Check, CheckReport, CheckResult, skipped
from reconciler.model.http_text import redact
from reconciler.model.secret import SecretText


class CheckRunner:
    """Runs checks and keeps their reports, without the `secrets` that are known by then."""

    def __init__(self) -> None:
        self.reports: list[CheckReport] = []
        self.secrets: list[SecretText] = []

    async def run(self, checks: Iterable[Check]) -> None:
        """Run checks in their order. Raises nothing of the project."""
        for check in checks:
            self.reports.append(await self._report(check))

    async def _report(self, check: Check) -> CheckReport:
        if needed := self._missing(check):
            return self._made(check, skipped(needed), 0)
        try:
            result = await check.run()
        except ReconcilerError as error:
            return self._made(check, CheckResult("failed", error.message, error.hint), error.exit_code)
        return self._made(check, result, PortalError.exit_code if result.status == "failed" else 0)

    def _missing(self, check: Check) -> str:
        """Return why a check cannot be run; empty if it can. A check that does not exist is not missing."""
        for report in self.reports:
            if report.name in check.needs and report.status == "failed":
                return f"not checked, because the check `{report.name}` failed"
            if report.name in check.needs and report.status == "skipped":
                return report.detail
        return ""

    def _made(self, check: Check, result: CheckResult, exit_code: int) -> CheckReport:
        return CheckReport(
            name=check.name,
            status=result.status,
            detail=redact(result.detail, *self.secrets),
            hint=redact(result.hint, *self.secrets),
            exit_code=exit_code,
        )
