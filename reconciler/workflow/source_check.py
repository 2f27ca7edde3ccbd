"""Check whether a source can be used: connection, credentials, and what the source itself checks."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Final, cast

from reconciler.http.probe import Probe
from reconciler.model.accounts import Crm
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document, Repository
from reconciler.model.health import Check, CheckedSource, CheckResult, TargetHealth, ok, skipped, warning
from reconciler.model.partner import FromSource, Partner
from reconciler.model.source_settings import SourceSettings
from reconciler.sources.checks import crm_checks, directory_checks
from reconciler.workflow.checks import CheckRunner, RememberingTrust
from reconciler.workflow.sessions import Trust
from reconciler.workflow.sources import choose_source, open_source

_NEEDS: Final = ("reachable", "tls", "credentials")


async def check_source(
    repository: Repository, name: str, trust: Trust, clock: Callable[[], datetime]
) -> TargetHealth:
    """Run all checks of one source. Raises InputError for a source that the configuration does not have."""
    document = repository.configuration
    found = choose_source(document, name, SourceSettings)
    runner = CheckRunner()
    visit = _Visit(document, name, found, RememberingTrust(trust, runner.secrets))
    async with AsyncExitStack() as stack:
        visit.stack = stack
        if found.address.startswith("http"):
            await runner.run(Probe(found.address, clock).checks())
        await runner.run([Check("credentials", visit.opened, ())])
        await runner.run(visit.own_checks(groups_of(repository, name)), needs=_NEEDS)
    if _has_errors(repository):
        await runner.run([Check("files", _incomplete, ())])
    return TargetHealth(
        kind="source", name=name, type=found.type, address=found.address, checks=tuple(runner.reports)
    )


def groups_of(repository: Repository, source: str) -> list[str]:
    """Return the groups of a source that teams name, sorted."""
    partners = [each.body for each in repository.documents if isinstance(each.body, Partner)]
    named = [
        people
        for partner in partners
        if partner.spec.status != "ended"
        for team in partner.spec.teams
        if team.status != "ended"
        for people in (team.admins, team.members)
    ]
    return sorted({each.group for each in named if isinstance(each, FromSource) and each.source == source})


class _Visit:
    """The steps that open a source, each as a check."""

    def __init__(self, document: Document, name: str, found: SourceSettings, trust: Trust) -> None:
        self._document = document
        self._name = name
        self._found = found
        self._trust = trust
        self._opened: Any = None
        self.stack = AsyncExitStack()

    async def opened(self) -> CheckResult:
        """Open the source, which uses its credentials but sends no request yet."""
        opening = open_source(self._document, self._name, self._found, self._trust)
        self._opened = await self.stack.enter_async_context(opening)
        variables = [secret.env for secret in self._found.secrets.values()]
        return ok(f"from {', '.join(variables)}" if variables else "the configuration names none")

    def own_checks(self, groups: Sequence[str]) -> Sequence[Check]:
        """Return the checks of the source, or that it can be read if it has none."""
        if self._opened is None:
            return [Check("account", _not_opened, needs=())]
        if isinstance(self._opened, CheckedSource):
            return self._opened.checks(groups)
        if isinstance(self._found, DirectorySource):
            return directory_checks(cast("Directory", self._opened), groups)
        return crm_checks(cast("Crm", self._opened))


def _has_errors(repository: Repository) -> bool:
    """Return whether partners could not be read, so that groups which they name are not known."""
    broken = any(each.kind == "Partner" and each.body is None for each in repository.documents)
    return broken or "Partner" in repository.unreadable


async def _incomplete() -> CheckResult:
    detail = "some partners have errors, so the groups that they name were not checked"
    return warning(detail, "run `reconciler validate` to see the errors")


async def _not_opened() -> CheckResult:
    return skipped("the source was not opened")
