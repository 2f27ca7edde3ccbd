"""What is exported from a portal describes it: a plan for it removes nothing but what has ended."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.finding import Severity
from reconciler.model.plan import Plan
from reconciler.testing.harness import NOW, TODAY, PortalUnderTest, quiet, read, run
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.export import ExportedFiles, ExportOptions, export_portal
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration, repository
from tests.end_to_end.companies import Company, companies, documents, without_products
from tests.end_to_end.held_portals import HELD_PORTALS, HeldPortal
from tests.laws import examples

PATHS = {"partners": ["Partner"], "groups": ["AccessGroup", "ApiProduct"], "catalog.yaml": ["Catalog"]}
# The others run in `./check real`.
QUICK = ("embedded", "everything", "Keycloak's capabilities", "grants of APIs", "drupal", "apigee")
# One with everything, one with grants of groups and of APIs, one without partners and groups.
PARTLY = ("everything", "Keycloak's capabilities", "grants of APIs")


class Estate:
    """A portal with content, and an empty repository."""

    def __init__(self, portal: HeldPortal, ground: PortalUnderTest, folder: str) -> None:
        chosen = {"type": "embedded", "database": "portal.db", "fallbacks": dict(portal.fallbacks)}
        self._ground, self._root = ground, Path(folder)
        self._configuration = configuration(portals={"local": chosen}, paths=PATHS, allowEmpty=True)

    async def fill(self, company: Company, *, unlabelled: bool) -> None:
        """Apply the files of a company; `unlabelled` is what is left if others made all of it."""
        await self.apply(await self.planned(documents(company)))
        if unlabelled:
            for each in (await read(self._ground)).resources.values():
                await self._ground.create(msgspec.structs.replace(each, owner_label=None))

    async def exported(self, files: Sequence[Document] = (), **options: Any) -> ExportedFiles:
        """Export the portal beside these files."""
        async with self._ground.open() as portal:
            terms = ExportOptions(portal="local", owner="logistics", **options)
            return await export_portal(self._checked([*files]), self._root, portal, terms, quiet)

    async def adopt(self, files: list[Document]) -> None:
        """Adopt everything that files define."""
        await self.apply(await self.planned(files, adopts=True))

    async def planned(self, files: list[Document], *, adopts: bool = False) -> Plan:
        """Plan files, or the adoption of everything that they define."""
        async with self._ground.open() as portal:
            options = PlanOptions(portal="local", now=NOW, adopt_all=adopts)
            found = await plan(self._checked(files), portal, options, quiet)
            assert found.plan is not None, found.findings
            return found.plan

    async def apply(self, made: Plan) -> None:
        async with self._ground.open() as portal:
            options = ApplyOptions(today=TODAY, now=lambda: NOW, progress=quiet, allow={made.digest})
            receipt = await apply(made, portal, self._configuration, options)
            assert receipt.outcome == "complete"

    def _checked(self, files: list[Document]) -> ValidationResult:
        return ValidationResult(repository(*files, configured=self._configuration), (), TODAY)


@pytest.mark.parametrize(
    "portal",
    [pytest.param(each, marks=() if each.name in QUICK else pytest.mark.real) for each in HELD_PORTALS],
    ids=lambda each: each.name,
)
@pytest.mark.no_cover  # it runs the same lines again and again
@examples(20, HealthCheck.too_slow)
@given(company=companies)
def test_after_an_export_and_its_adoption_a_plan_only_removes_what_has_ended(
    portal: HeldPortal, company: Company
) -> None:
    if not portal.products:
        company = without_products(company)
    with TemporaryDirectory() as folder, portal.grounds(Path(folder)) as new:
        estate = Estate(portal, new(), folder)
        run(estate.fill(company, unlabelled=portal.edited))

        found, again = run(estate.exported()), run(estate.exported())
        run(estate.adopt(list(found.preview.documents)))
        made = run(estate.planned(list(found.preview.documents)))

    assert [each for each in found.preview.findings if each.severity is Severity.ERROR] == []
    assert [each for each in made.changes if each.because is None] == []
    assert again.files == found.files


@pytest.mark.parametrize(
    "portal", [each for each in HELD_PORTALS if each.name in PARTLY], ids=lambda each: each.name
)
@pytest.mark.no_cover  # it runs the same lines again and again
@examples(20, HealthCheck.too_slow)
@given(
    company=companies,
    partners=st.frozensets(st.sampled_from(["acme", "bolt"])),
    groups=st.frozensets(st.sampled_from(["gold", "silver", "bronze"])),
    partners_first=st.booleans(),
)
@pytest.mark.real
def test_exports_of_parts_one_after_the_other_lead_to_no_removal(
    portal: HeldPortal,
    company: Company,
    partners: frozenset[str],
    groups: frozenset[str],
    partners_first: bool,  # noqa: FBT001  drawn
) -> None:
    with TemporaryDirectory() as folder, portal.grounds(Path(folder)) as new:
        estate = Estate(portal, new(), folder)
        run(estate.fill(company, unlabelled=True))
        held = run(read(new())).resources
        some_partners = frozenset(each for each in partners if any(f"/{each}" in known for known in held))
        some_groups = frozenset(each for each in groups if f"access-group/{each}" in held)
        named = [("partners", some_partners), ("groups", some_groups)]
        parts = [{option: names} for option, names in named if names]
        files: list[Document] = []
        removed = []
        for part in (*(parts if partners_first else parts[::-1]), {}):
            files += run(estate.exported(files, **part)).preview.documents
            run(estate.adopt(files))
            made = run(estate.planned(files))
            removed += [each for each in made.changes if each.because is None]

    assert removed == []
