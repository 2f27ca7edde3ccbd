"""Random desired states on the double: with faults in between, and beside another administrator."""

import asyncio
from random import Random

import pytest

from reconciler.http.in_process import InProcess
from reconciler.portals.konnect.adapter import CAPABILITIES
from reconciler.testing.generators import APIS
from tests.portals.chaos import Conditions, JoiningRival, PortalChaos
from tests.portals.konnect.opening import opened_on
from tests.servers.konnect import KonnectServer, KonnectState

LONG = [pytest.mark.real, pytest.mark.no_cover]


class Rival:
    """An administrator who changes members and roles of a team of their own."""

    def __init__(self, state: KonnectState, random: Random) -> None:
        self._state, self._random = state, random
        self._people = [state.add_developer(f"g{each}@guest.example") for each in range(5)]
        self._team = state.add_team("theirs.team", "Ours")
        self._members: list[str] = []
        self._roles: list[str] = []

    async def edit(self) -> None:
        """Replace the members and roles."""
        state, random = self._state, self._random
        self._members = random.sample(self._people, random.randint(0, 3))
        state.members[self._team] = dict.fromkeys(self._members)
        state.roles[self._team] = {}
        apis = random.sample(sorted(state.apis), random.randint(0, 3))
        self._roles = [state.assign(self._team, "API Viewer", api)["id"] for api in apis]

    def join(self, address: str) -> str | None:
        """Add a new developer to a team of the run."""
        state = self._state
        teams = [each for each in state.teams if each != self._team]
        if not teams:
            return None
        team = self._random.choice(teams)
        state.add_member(team, state.add_developer(address))
        return f"team/{state.teams[team]['name'].replace('.', '/')}"

    def has_lost(self) -> bool:
        """Return whether the team is not as this administrator has left it."""
        state = self._state
        found = (
            state.teams[self._team]["description"],
            [*state.members[self._team]],
            [*state.roles[self._team]],
        )
        return found != ("Ours", self._members, self._roles)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=LONG) for seed in range(2, 40))])
def test_every_receipt_is_true_and_the_desired_state_is_reached(seed: int) -> None:
    random, state = Random(seed), KonnectState(*APIS)  # noqa: S311  chance, not secrecy
    server, rival = KonnectServer(state, page=3), Rival(state, random)
    chaos = PortalChaos(
        opened_on, lambda: InProcess(server), CAPABILITIES, random, Conditions(edit=rival.edit)
    )

    asyncio.run(chaos.run(worlds=2))

    assert chaos.failures == []
    assert not rival.has_lost()
    assert {each["status"] for each in state.developers.values()} == {"approved"}
    assert len(state.mails) == len({*state.mails})
    assert len(chaos.happened) > 5


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=LONG) for seed in range(2, 40))])
def test_nobody_whom_another_administrator_adds_is_lost(seed: int) -> None:
    random, state = Random(seed), KonnectState(*APIS)  # noqa: S311  chance, not secrecy
    server, rival = KonnectServer(state, page=3), Rival(state, random)
    chaos = PortalChaos(opened_on, lambda: InProcess(server), CAPABILITIES, random)

    acted = asyncio.run(chaos.beside_rival(3, JoiningRival(rival.join)))

    assert chaos.failures == []
    assert acted > 5
