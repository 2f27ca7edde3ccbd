"""What the files ask for is in the portal, or a finding names it; nothing else is given."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given

from reconciler.model.access import LEVELS
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.resource import Resource
from reconciler.testing.harness import NOW, TODAY, Ground, quiet, run
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration, repository
from tests.end_to_end.companies import (
    DEVELOPER,
    PEOPLE,
    Company,
    Levels,
    asked,
    companies,
    documents,
    named,
    without_products,
)
from tests.end_to_end.held_portals import HELD_PORTALS, HeldPortal
from tests.laws import examples

UNLISTED, STRANGER = "di@acme.example", "mallory@other.example"
UNMANAGED = (
    Resource("partner/other", {}),
    Resource("team/other/ops", {}),
    Resource(f"membership/other/ops/{STRANGER}", {"role": "member"}),
)


@pytest.mark.parametrize("portal", HELD_PORTALS, ids=lambda each: each.name)
@examples(32, HealthCheck.too_slow)
@given(before=companies, after=companies)
def test_nothing_is_dropped_silently_and_nothing_given_that_was_not_asked_for(
    portal: HeldPortal, before: Company, after: Company
) -> None:
    if not portal.products:
        before, after = without_products(before), without_products(after)
    with TemporaryDirectory() as folder, portal.grounds(Path(folder)) as new:
        ground = new()
        run(applied(ground, portal.fallbacks, documents(before)))
        if portal.edited:
            run(edited(ground, before))

        found = run(applied(ground, portal.fallbacks, documents(after)))
        held = run(levels(ground))

    assert dropped(held, after, found) == {}
    assert added(held, before, after) == {}


async def applied(ground: Ground, fallbacks: Mapping[str, str], files: list[Document]) -> tuple[Finding, ...]:
    """Plan and apply files, and return the findings."""
    chosen = {"type": "embedded", "database": "portal.db", "fallbacks": dict(fallbacks)}
    governing = configuration(portals={"local": chosen})
    async with ground.open() as portal:
        checked = ValidationResult(repository(*files, configured=governing), (), TODAY)
        planned = await plan(checked, portal, PlanOptions(portal="local", now=NOW), quiet)
    made = planned.plan
    assert made is not None, planned.findings
    async with ground.open() as portal:
        options = ApplyOptions(
            today=TODAY,
            now=lambda: NOW,
            progress=quiet,
            allow={made.digest},
            desired=planned.desired,
        )
        receipt = await apply(made, portal, governing, options)
        assert receipt.outcome == "complete"
        assert receipt.converged is not False
    return planned.findings


async def edited(ground: Ground, company: Company) -> None:
    """Add a member of each delegated team, and a partner that no file names."""
    for each in UNMANAGED:
        await ground.make(each)
    for name, spec in company["partners"].items():
        for team in spec["teams"] if spec["status"] != "ended" else ():
            if team["members"] == "delegated" and team["status"] == "active":
                await ground.make(
                    Resource(f"membership/{name}/{team['name']}/{UNLISTED}", {"role": "member"})
                )


async def levels(ground: Ground) -> Levels:
    """Return the level of everybody for each API, as the portal answers."""
    everybody = (*PEOPLE, DEVELOPER, UNLISTED, STRANGER)
    return {
        (person, api): LEVELS[level]
        for person in everybody
        for api, level in (await ground.reached(person, TODAY)).items()
    }


def dropped(held: Levels, company: Company, found: tuple[Finding, ...]) -> Levels:
    """Return what is asked for, not held, and named in no finding."""
    messages = [each.message for each in found]
    return {
        key: level
        for key, level in asked(company).items()
        if held.get(key, 0) < level
        and not any(name in each for name in _names(key[0], company) for each in messages)
    }


def added(held: Levels, before: Company, company: Company) -> Levels:
    """Return what is held and not asked for; those who were in a delegated team have what it has."""
    now = named(company)
    unlisted = {team: {*people, UNLISTED} - now.get(team, set()) for team, people in named(before).items()}
    most = asked(company, unlisted)
    return {key: level for key, level in held.items() if level > most.get(key, 0) and key[0] != STRANGER}


def _names(person: str, company: Company) -> list[str]:
    """Return what names a person in a finding: the address, or a team of the person."""
    return [person, *(team for team, people in named(company).items() if person in people)]
