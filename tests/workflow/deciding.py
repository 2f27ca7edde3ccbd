"""Plans of branches for tests about decisions: from documents of the base, of the branch and of a portal."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from reconciler.model.branch_base import Base
from reconciler.model.document import Document
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Capabilities, Lease, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.resource import Live
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.catalog import as_offered, catalogued
from reconciler.workflow.merge_base import file_changes
from reconciler.workflow.plan import plan, plan_files
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration, repository
from tests.states import TODAY, holding, live, snapshot

NOW = datetime(2026, 11, 24, tzinfo=UTC)
Files = Sequence[Document]


class Held:
    """A portal that can be read and holds this."""

    def __init__(self, held: Live, can: Capabilities = CAPABILITIES) -> None:
        self.capabilities = can
        self.traffic = Traffic()
        self._held = held

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the portal's signature
        return snapshot(self._held)

    def batch_key(self, change: Change) -> str:
        raise NotImplementedError

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        raise NotImplementedError

    async def resolve(self, change: Change) -> Resolution:
        raise NotImplementedError

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError


def checked(before: Files | None, after: Files, *, today: str = TODAY) -> ValidationResult:
    """Return the files of a branch; without `before`, they have no base.

    A configuration among the documents is that of its side; the base's governs.
    """
    own, documents = _configured(after)
    if before is None:
        return ValidationResult(repository(*documents, configured=own), (), today)
    governing, old = _configured(before)
    base = Base(
        ref="main",
        commit="0" * 40,
        configuration=governing,
        repository=repository(*old, configured=governing),
    )
    head = repository(*documents, configured=governing)
    changed = file_changes(head, own, base)
    head = as_offered(head, catalogued(base.repository))
    return ValidationResult(head, (), today, base, changed)


def _configured(files: Files) -> tuple[Document, list[Document]]:
    configured = [each for each in files if each.kind == "Configuration"]
    return (configured or [configuration()])[0], [each for each in files if each.kind != "Configuration"]


def planned(
    before: Files | None,
    after: Files,
    held: Files | Live | None = None,
    *,
    can: Capabilities = CAPABILITIES,
    today: str = TODAY,
    **options: Any,
) -> Plan:
    """Return the plan of a branch; without `held`, the portal holds what the base says."""
    state = held if isinstance(held, Live) else live(holding(*_configured(held or before or ())[1]))
    wanted = PlanOptions(portal="local", now=NOW, **options)
    made = asyncio.run(plan(checked(before, after, today=today), Held(state, can), wanted, quiet)).plan
    assert made is not None
    return made


def planned_files(before: Files, after: Files) -> Plan:
    """Return the plan of a branch without a portal."""
    options = PlanOptions(portal="local", now=NOW)
    made = plan_files(checked(before, after), options).plan
    assert made is not None
    return made


def quiet(*_: object) -> None:
    """Show nothing."""


def owners(made: Plan) -> set[str]:
    """Return the owners whose approval a plan needs."""
    return {each.owner for each in made.approvals}


def reasons(made: Plan) -> list[tuple[str, str]]:
    """Return whose approval a plan needs, and for what."""
    return [(each.owner, each.reason) for each in made.approvals]
