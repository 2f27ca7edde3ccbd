"""The whole way against the real portal: what is applied is there, and a second plan is empty."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given

from reconciler.cli.actions.trust import Trust
from reconciler.errors import PlanError
from reconciler.model.document import Document
from reconciler.model.plan import Plan, read_plan
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt
from reconciler.policy import RuleContext, judge
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.plan import Planned, plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import ValidationResult
from tests.apply.test_apply import files
from tests.builders import catalog, configuration, group, partner, product, repository, team
from tests.laws import examples

TODAY = "2026-11-24"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONFIGURATION = configuration(
    portals={"local": {"type": "embedded", "database": "portal.db"}}, defaultPortal="local", allowEmpty=True
)
APIS = catalog("a", "b", "c", "labels", "rates")
Result = TypeVar("Result")


def quiet(*_: object) -> None:
    """Nobody watches."""


def checked(*documents: Document, today: str = TODAY) -> ValidationResult:
    own = any(document.kind == "Catalog" for document in documents)
    read = repository(*(() if own else (APIS,)), *documents, configured=CONFIGURATION)
    return ValidationResult(read, tuple(judge(RuleContext(read, today))), today)


def within(folder: str, act: Callable[[Portal], Awaitable[Result]], known: ValidationResult) -> Result:
    async def run() -> Result:
        place = Path(folder, "reconciler.yaml")
        async with open_portal(place, CONFIGURATION, None, Trust(place), known.repository) as portal:
            return await act(portal)

    return asyncio.run(run())


def planned(folder: str, *documents: Document) -> Plan:
    known = checked(*documents)
    found: Planned = within(
        folder, lambda portal: plan(known, portal, PlanOptions(portal="local", now=NOW), quiet), known
    )
    assert found.plan is not None, found.findings
    return found.plan


def applied(folder: str, made: Plan, *documents: Document) -> Receipt:
    """Apply a plan that its reviewer let through the guard."""

    def write(portal: Portal) -> Awaitable[Receipt]:
        terms = ApplyOptions(today=TODAY, now=lambda: NOW, progress=quiet, allow={made.digest})
        return apply(made, portal, CONFIGURATION, terms)

    return within(folder, write, checked(*documents))


def ids(made: Plan) -> Sequence[str]:
    return [f"{change.action} {change.id}" for change in made.changes]


SAMPLE = (
    partner(
        "acme",
        team("integration", "ana@acme.example", access=["tracking"]),
        team("finance", "cy@acme.example", members=["bo@acme.example"]),
        domains=["acme.example"],
    ),
    group("tracking", apis=["labels"], products=["shipping"]),
    product("shipping", apis=["rates"]),
)


def test_a_second_plan_is_empty(tmp_path: Path) -> None:
    receipt = applied(str(tmp_path), planned(str(tmp_path), *SAMPLE), *SAMPLE)

    assert (receipt.outcome, receipt.summary.applied, planned(str(tmp_path), *SAMPLE).changes) == (
        "complete",
        12,
        (),
    )


def test_a_renamed_partner_keeps_its_people_and_the_second_plan_is_empty(tmp_path: Path) -> None:
    folder = str(tmp_path)
    applied(folder, planned(folder, *SAMPLE), *SAMPLE)
    renamed = (
        partner(
            "apex",
            team("integration", "ana@acme.example", "dee@acme.example", access=["tracking"]),
            team("money", "cy@acme.example", members=["bo@acme.example"], previously="finance"),
            displayName="Acme",
            domains=["acme.example"],
            metadata={"previously": "acme"},
        ),
        *SAMPLE[1:],
    )

    made = planned(folder, *renamed)
    applied(folder, made, *renamed)

    assert (ids(made), planned(folder, *renamed).changes) == (
        [
            "update partner/apex",
            "update team/apex/money",
            "create membership/apex/integration/dee@acme.example",
        ],
        (),
    )


def test_only_what_has_ended_is_taken_away_and_what_waits_for_a_rename_stays(tmp_path: Path) -> None:
    folder = str(tmp_path)
    ends = {"email": "bo@acme.example", "until": "2026-11-30"}
    acme = partner("acme", team("ops", "ana@acme.example", ends))
    bolt = partner("bolt", team("ops", "cy@bolt.example", ends))
    applied(folder, planned(folder, acme, bolt), acme, bolt)
    apex = partner(
        "apex", team("ops", "ana@acme.example", ends), displayName="Acme", metadata={"previously": "acme"}
    )
    known = checked(apex, bolt, today="2026-12-01")
    wish = PlanOptions(portal="local", now=NOW, selection="expired")

    found: Planned = within(folder, lambda portal: plan(known, portal, wish, quiet), known)

    assert found.plan is not None
    assert ids(found.plan) == ["delete membership/bolt/ops/bo@acme.example"]


def test_a_plan_that_was_saved_and_read_is_the_same_plan(tmp_path: Path) -> None:
    made = planned(str(tmp_path), *SAMPLE)

    assert read_plan(msgspec.json.encode(made)) == made


def test_a_plan_that_was_applied_is_stale(tmp_path: Path) -> None:
    folder = str(tmp_path)
    made = planned(folder, *SAMPLE)
    applied(folder, made, *SAMPLE)

    with pytest.raises(PlanError):
        applied(folder, made, *SAMPLE)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(20, HealthCheck.too_slow)
@given(before=files(), after=files())
def test_whatever_the_files_become_one_apply_reaches_it(
    before: list[Document], after: list[Document]
) -> None:
    with TemporaryDirectory() as folder:
        applied(folder, planned(folder, *before), *before)
        receipt = applied(folder, planned(folder, *after), *after)

        assert (receipt.outcome, ids(planned(folder, *after))) == ("complete", [])
