"""Check whether a portal can be used: configuration, connection, credentials, and what its adapter checks."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from reconciler import __version__
from reconciler.http.probe import Probe
from reconciler.model.document import Document
from reconciler.model.health import (
    Check,
    CheckedPortal,
    CheckResult,
    HealthReport,
    HealthSummary,
    TargetHealth,
    failed,
    ok,
    skipped,
)
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import PortalSettings
from reconciler.model.snapshot import Selection
from reconciler.workflow.checks import CheckRunner, RememberingTrust
from reconciler.workflow.sessions import Trust, checked_settings, choose_portal, open_portal
from reconciler.workflow.validate import settings

_NEEDS: Final = ("configuration", "reachable", "tls", "credentials")


async def check_portal(
    path: Path, document: Document, name: str | None, trust: Trust, clock: Callable[[], datetime]
) -> TargetHealth:
    """Run all checks of one portal. Raises InputError for a portal that the configuration does not have."""
    chosen, where = choose_portal(document, name)
    runner = CheckRunner()
    visit = _Visit(path, document, chosen, where, RememberingTrust(trust, runner.secrets))
    async with AsyncExitStack() as stack:
        visit.stack = stack
        await runner.run([Check("configuration", visit.configured, needs=())])
        if visit.where.address:
            await runner.run(Probe(visit.where.address, clock).checks("configuration"))
        await runner.run([Check("credentials", visit.opened, ("configuration",))])
        await runner.run(visit.own_checks(), needs=_NEEDS)
    return TargetHealth(
        kind="portal",
        name=chosen,
        type=where.type,
        address=visit.where.address or None,
        checks=tuple(runner.reports),
    )


def health_report(targets: Sequence[TargetHealth]) -> HealthReport:
    """Return the report about several targets."""
    totals = Counter(check.status for target in targets for check in target.checks)
    summary = HealthSummary(totals["ok"], totals["warning"], totals["failed"], totals["skipped"])
    return HealthReport(version=__version__, targets=tuple(targets), summary=summary)


class _Visit:
    """The steps that open a portal, each as a check."""

    def __init__(
        self, path: Path, document: Document, name: str, where: PortalSettings, trust: Trust
    ) -> None:
        self._path = path
        self._document = document
        self._name = name
        self.where = where
        self._trust = trust
        self._portal: Portal | None = None
        self.stack = AsyncExitStack()

    async def configured(self) -> CheckResult:
        """Check the settings as the type of the portal does."""
        _, self.where = checked_settings(self._document, self._name, self.where)
        return ok(f"valid settings of the type {self.where.type}")

    async def opened(self) -> CheckResult:
        """Open the portal, which uses its credentials but sends no request yet."""
        opening = open_portal(self._path, self._document, self._name, self._trust)
        self._portal = await self.stack.enter_async_context(opening)
        variables = [secret.env for secret in self.where.secrets.values()]
        if variables:
            return ok(f"from {', '.join(variables)}")
        return ok("the configuration names none" if self.where.address else "none are needed")

    def own_checks(self) -> Sequence[Check]:
        """Return the checks of the adapter, or that the portal can be read if it has none."""
        portal = self._portal
        if portal is None:
            return [Check("account", _not_opened, needs=())]
        return portal.checks() if isinstance(portal, CheckedPortal) else [Check("read", self._read)]

    async def _read(self) -> CheckResult:
        """Read the whole portal, as `plan` does."""
        if self._portal is None:
            raise AssertionError("the portal is opened before it is read")
        label = settings(self._document).metadata.name
        found = await self._portal.read(Selection(owner_label=label), lambda *_: None)
        if found.problem:
            return failed(
                f"the portal cannot be read completely: {found.problem}", "give the account more rights"
            )
        return ok(f"read completely: {found.proof}")


async def _not_opened() -> CheckResult:
    return skipped("the portal was not opened")
