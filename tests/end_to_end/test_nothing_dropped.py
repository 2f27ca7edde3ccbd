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
from reconciler.testing.harness import NOW, TODAY, PortalUnderTest, quiet, run
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration, repository
from tests.end_to_end.companies import (
    APIS,
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
from tests.end_to_end.held_portals import HELD_PORTALS, HeldPortal, double
from tests.laws import examples
from tests.portals.keycloak.ground import KeycloakUnderTest
from tests.servers.keycloak import KeycloakServer

UNLISTED, STRANGER = "di@acme.example", "mallory@other.example"
VIEWS_OMITTED = "grants at level view are left out of this portal"
NO_GRANTS: Mapping[str, list[str]] = {"products": [], "grants": []}
# For portals that need a fallback, its note names these people and teams.
WITH_ALL_FALLBACKS: Company = {
    "partners": {
        "acme": {
            "status": "active",
            "until": None,
            "blocked": [PEOPLE[2]],
            "access": [],
            "teams": [
                {
                    "name": "ops",
                    "status": "active",
                    "admins": [{"email": PEOPLE[0], "until": "2027-12-31"}],
                    "members": "delegated",
                    "access": [{"group": "gold", "level": "consume", "until": "2027-12-31"}],
                },
                {
                    "name": "dev",
                    "status": "active",
                    "admins": [],
                    "members": [{"email": PEOPLE[1], "until": None}],
                    "access": [
                        {"group": "gold", "level": "consume", "until": None},
                        {"group": "silver", "level": "view", "until": None},
                    ],
                },
            ],
        }
    },
    "groups": {
        "gold": {
            "apis": ["tracking"],
            "products": [],
            "grants": [{"developer": DEVELOPER, "level": "consume", "until": None}],
        },
        "silver": {"apis": ["rates"], **NO_GRANTS},
        "bronze": {"apis": ["rates"], **NO_GRANTS},
    },
    "suite": ["tracking"],
}
UNMANAGED = (
    Resource("partner/other", {}),
    Resource("team/other/ops", {}),
    Resource(f"membership/other/ops/{STRANGER}", {"role": "member"}),
)


@pytest.mark.parametrize("portal", HELD_PORTALS, ids=lambda each: each.name)
def test_no_finding_excuses_a_portal_that_gives_nobody_anything(portal: HeldPortal, tmp_path: Path) -> None:
    with portal.grounds(tmp_path) as new:
        found = run(applied(new(), portal.fallbacks, documents(WITH_ALL_FALLBACKS)))

    people = (*PEOPLE[:2], DEVELOPER)
    consumed = {(person, "tracking"): LEVELS["consume"] for person in people}
    assert consumed.items() <= dropped({}, WITH_ALL_FALLBACKS, found).items()


@pytest.mark.parametrize("portal", HELD_PORTALS, ids=lambda each: each.name)
@examples(32, HealthCheck.too_slow)
@given(before=companies, after=companies)
def test_nothing_is_dropped_silently_and_nothing_given_that_was_not_asked_for(
    portal: HeldPortal, before: Company, after: Company
) -> None:
    require_nothing_dropped_or_added(portal, before, after)


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keycloak")
@examples(20, HealthCheck.too_slow)
@given(before=companies, after=companies)
def test_nothing_is_dropped_or_added_on_a_real_keycloak(
    keycloak: KeycloakServer, before: Company, after: Company
) -> None:
    portal = double("keycloak", lambda: KeycloakUnderTest(keycloak.new_realm()))

    require_nothing_dropped_or_added(portal, before, after)


def require_nothing_dropped_or_added(portal: HeldPortal, before: Company, after: Company) -> None:
    """Apply two companies to a new portal, one after the other, and compare what it holds with the second."""
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


async def applied(
    ground: PortalUnderTest, fallbacks: Mapping[str, str], files: list[Document]
) -> tuple[Finding, ...]:
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


async def edited(ground: PortalUnderTest, company: Company) -> None:
    """Add a member of each delegated team, and a partner that no file names."""
    for each in UNMANAGED:
        await ground.create(each)
    for name, spec in company["partners"].items():
        for team in spec["teams"] if spec["status"] != "ended" else ():
            if team["members"] == "delegated" and team["status"] == "active":
                await ground.create(
                    Resource(f"membership/{name}/{team['name']}/{UNLISTED}", {"role": "member"})
                )


async def levels(ground: PortalUnderTest) -> Levels:
    """Return the level of everybody for each API, as the portal answers."""
    everybody = (*PEOPLE, DEVELOPER, UNLISTED, STRANGER)
    return {
        (person, api): LEVELS[level]
        for person in everybody
        for api, level in (await ground.effective_access(person, TODAY)).items()
    }


def dropped(held: Levels, company: Company, found: tuple[Finding, ...]) -> Levels:
    """Return what is asked for and not held, unless a finding says that this access is left out or waits."""
    waiting = {key for each in found if each.rule == "waits-for-key" for key in _without_key(each, company)}
    omits_views = any(each.rule == "fallback" and each.message.startswith(VIEWS_OMITTED) for each in found)
    return {
        key: level
        for key, level in asked(company).items()
        if held.get(key, 0) < level and key not in waiting and not (omits_views and level == LEVELS["view"])
    }


def added(held: Levels, before: Company, company: Company) -> Levels:
    """Return what is held and not asked for; those who were in a delegated team have what it has."""
    now = named(company)
    unlisted = {team: {*people, UNLISTED} - now.get(team, set()) for team, people in named(before).items()}
    most = asked(company, unlisted)
    return {key: level for key, level in held.items() if level > most.get(key, 0) and key[0] != STRANGER}


def _without_key(finding: Finding, company: Company) -> set[tuple[str, str]]:
    """Return who cannot use which APIs yet, because their team has no key."""
    team = (finding.id or "").removeprefix("team/")
    return {(person, api) for person in named(company)[team] for api in APIS if api in finding.message}
