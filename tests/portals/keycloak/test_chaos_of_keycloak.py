"""Random desired states on a real server: with faults in between, and beside another administrator."""

import asyncio
import gc

import pytest

from tests.portals.keycloak.chaos import RealmChaos
from tests.servers.keycloak import KeycloakServer

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]


# A killed run closes no connection; the system does when its process ends.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(3))
def test_every_receipt_is_true_and_the_desired_state_is_reached(keycloak: KeycloakServer, seed: int) -> None:
    chaos = RealmChaos(keycloak.new_realm(), seed)

    asyncio.run(chaos.with_faults(worlds=2))
    gc.collect()

    assert chaos.failures == []
    assert len(chaos.happened) > 5


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_another_administrator_adds_is_lost(keycloak: KeycloakServer, seed: int) -> None:
    chaos = RealmChaos(keycloak.new_realm(), seed)

    acted = asyncio.run(chaos.beside_rival(worlds=2))

    assert chaos.failures == []
    assert acted > 10
