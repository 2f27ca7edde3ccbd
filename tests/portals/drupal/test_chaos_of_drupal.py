"""Random desired states on the double: with faults in between, and beside another administrator."""

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from reconciler.http.in_process import InProcess
from reconciler.portals.drupal import capabilities
from reconciler.testing.generators import APIS
from tests.portals.chaos import Conditions, JoiningRival, PortalChaos
from tests.portals.drupal.sites import (
    WITH_DESCRIPTIONS,
    WITH_FIELDS,
    WITH_GROUPS,
    opened,
    settings,
    site_with,
)
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Site

SHAPES: dict[str, Mapping[str, Any]] = {
    "profile": WITH_DESCRIPTIONS,
    "objects": WITH_FIELDS,
    "groups": WITH_GROUPS,
}
SEEDS = [0, *(pytest.param(seed, marks=[pytest.mark.real, pytest.mark.no_cover]) for seed in range(1, 20))]


class Rival:
    """An administrator who adds people and references to objects of their own, and removes some of them."""

    def __init__(self, site: Site, random: Random) -> None:
        self._site, self._random = site, random
        self._people = [site.add_user(f"g{each}", f"g{each}@guest.example").id for each in range(5)]
        team = "group--team" if "group--team" in site.types else "node--team"
        self._team = site.add(team, {site.types[team].label: "theirs/team"}).id
        self._group = site.add("node--access_group", {"title": "theirs"}).id
        self._expected: dict[tuple[str, str], list[str]] = {
            (each, field): []
            for each, field in ((self._team, "field_members"), (self._group, "field_developers"))
            if field in site.entities[each].references
        }
        self.acted = 0

    async def edit(self) -> None:
        """Change an own team or group."""
        self.acted += 1
        found, field = self._random.choice([*self._expected])
        expected = self._random.sample(self._people, self._random.randint(0, 3))
        self._site.entities[found].references[field] = self._expected[found, field] = expected

    def join(self, address: str) -> str | None:
        """Add a new account to a team of the run."""
        site, found = self._site, [*self._site.of_type("node--team"), *self._site.of_type("group--team")]
        teams = [each for each in found if each.id != self._team]
        if not teams:
            return None
        team, person = self._random.choice(teams), site.add_user(address, address)
        if "field_members" in team.references:
            team.references["field_members"].append(person.id)
            site.revise(team, site.admin_id)
        else:
            ends = {"gid": [team.id], "entity_id": [person.id]}
            site.add("group_relationship--team-group_membership", {}, ends)
        name = str(team.attributes[team.type.label])
        return f"team/{name if '/' in name else f'{name}/{name}'}"

    def lost(self) -> list[tuple[str, str]]:
        """Return which fields are not as this administrator has left them."""
        return [
            (found, field)
            for (found, field), expected in self._expected.items()
            if self._site.entities[found].references[field] != expected
        ]


def started(shape: str, seed: int) -> tuple[PortalChaos, Rival]:
    """Return a site with the APIs of random states, its other administrator, and runs on it."""
    changes, random = SHAPES[shape], Random(seed)  # noqa: S311  chance, not secrecy
    site = site_with(changes, page_size=3)
    # No client can prevent that two requests for the same entity at the same time meet.
    site.interleaves = False
    for api in APIS:
        site.add("node--api_product", {"title": api})
    application, rival = Drupal(site), Rival(site, random)
    chaos = PortalChaos(
        lambda line: opened(application, changes, transport=line),
        lambda: InProcess(application),
        capabilities(settings(changes)),
        random,
        Conditions(edit=rival.edit),
    )
    return chaos, rival


@pytest.mark.no_cover
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_receipt_is_true_and_the_desired_state_is_reached(shape: str, seed: int) -> None:
    chaos, rival = started(shape, seed)

    asyncio.run(chaos.run(worlds=2))

    assert chaos.failures == []
    assert rival.lost() == []
    assert len(chaos.happened) > 5


@pytest.mark.no_cover
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_whom_another_administrator_adds_is_lost(shape: str, seed: int) -> None:
    chaos, rival = started(shape, seed)

    acted = asyncio.run(chaos.beside_rival(3, JoiningRival(rival.join)))

    assert chaos.failures == []
    assert acted > 5
