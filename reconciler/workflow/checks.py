"""Run checks one after another, skip those that depend on a failed one, and keep secrets out of reports."""

from collections.abc import Iterable
from typing import Final

import msgspec

from reconciler.errors import PortalError, ReconcilerError
from reconciler.model.health import Check, CheckReport, CheckResult, failed, skipped
from reconciler.model.secret import SecretText
from reconciler.workflow.sessions import Trust

_BUG_HINT: Final = "report it to the maintainers of the portal's type"


class CheckRunner:
    """Runs checks and keeps their reports; `secrets` are added as they become known."""

    def __init__(self) -> None:
        self._reports: list[CheckReport] = []
        self.secrets: list[SecretText] = []

    @property
    def reports(self) -> list[CheckReport]:
        """The reports so far, each text as one line without the secrets."""
        return [
            msgspec.structs.replace(
                each, detail=self._safe(each.detail), hint=self._safe(each.hint), fix=self._safe(each.fix)
            )
            for each in self._reports
        ]

    def _safe(self, text: str) -> str:
        for secret in self.secrets:
            text = secret.hide_in(text)
        return " ".join(text.split())

    async def run(self, checks: Iterable[Check], *, needs: tuple[str, ...] = ()) -> None:
        """Run checks in their order; all of them depend on `needs`. Raises nothing."""
        for check in checks:
            dependent = msgspec.structs.replace(check, needs=(*needs, *check.needs))
            self._reports.append(await self._checked(dependent))

    async def _checked(self, check: Check) -> CheckReport:
        if needed := self._missing(check):
            return _report(check, skipped(needed), 0)
        try:
            result = await check.run()
        except ReconcilerError as error:
            return _report(check, CheckResult("failed", error.message, error.hint), error.exit_code)
        except Exception as error:  # noqa: BLE001  an error in one adapter must not lose the other checks
            detail = f"unexpected error: {type(error).__name__}: {error}"
            return _report(check, failed(detail, _BUG_HINT), ReconcilerError.exit_code)
        return _report(check, result, PortalError.exit_code if result.status == "failed" else 0)

    def _missing(self, check: Check) -> str:
        """Return why a check cannot be run; empty if it can. A check that does not exist is not missing."""
        for report in self._reports:
            if report.name in check.needs and report.status == "failed":
                return f"not checked, because the check `{report.name}` failed"
            if report.name in check.needs and report.status == "skipped":
                return report.detail
        return ""


class RememberingTrust:
    """Remembers every secret that is used, so that no report can show it."""

    def __init__(self, trust: Trust, secrets: list[SecretText]) -> None:
        self._trust = trust
        self._secrets = secrets

    def secret(self, service: str, address: str, variable: str) -> str | None:
        """Return the secret in a variable."""
        text = self._trust.secret(service, address, variable)
        if text and text.strip():
            self._secrets.append(SecretText(text.strip()))
        return text

    def require_database(self, portal: str, database: str) -> None:
        """Check that a database may be opened."""
        self._trust.require_database(portal, database)


def _report(check: Check, result: CheckResult, exit_code: int) -> CheckReport:
    return CheckReport(
        name=check.name,
        status=result.status,
        detail=result.detail,
        hint=result.hint,
        exit_code=exit_code,
        fix=result.fix,
    )
