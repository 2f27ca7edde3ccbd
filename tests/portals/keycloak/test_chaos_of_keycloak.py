"""Random desired states on a real server: with faults in between, and beside another administrator."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx2
import pytest

from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portals.keycloak.adapter import CAPABILITIES, KeycloakAdapter
from reconciler.testing.generators import APIS
from tests.http.scripted import Naps
from tests.portals.chaos import PortalChaos
from tests.portals.keycloak.rival import Rival
from tests.servers.keycloak import KeycloakServer, Realm

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

FOREIGN = "foreign-partner"


def started(realm: Realm, random: Random) -> PortalChaos:
    """Return runs on a realm with the APIs of random states. Pages have three items."""

    @asynccontextmanager
    async def opened(transport: httpx2.AsyncBaseTransport) -> AsyncIterator[Portal]:
        naps = Naps()
        policy = RetryPolicy(sleep=naps, random=random.random, clock=naps.clock)
        address = f"{realm.url}/admin/realms/{realm.name}"
        auth = StaticToken(SecretText(realm.token()), "a test")
        async with open_client(
            Endpoint(name="the realm", auth=auth, address=address), policy, transport
        ) as client:
            yield KeycloakAdapter(client, page_size=3)

    for api in APIS:
        realm.ask("POST", "/roles", {"name": api})
    return PortalChaos(opened, httpx2.AsyncHTTPTransport, CAPABILITIES, random)


def foreign_group(realm: Realm) -> Any:
    groups = realm.ask("GET", "/groups?briefRepresentation=false&max=100")
    [found] = [group for group in groups if group["name"] == FOREIGN]
    return found


# A killed run closes no connection; the system does when its process ends.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(3))
def test_every_receipt_is_true_and_the_desired_state_is_reached(keycloak: KeycloakServer, seed: int) -> None:
    realm = keycloak.new_realm()
    realm.ask("POST", "/groups", {"name": FOREIGN, "attributes": {"by": ["others"]}})
    foreign, chaos = foreign_group(realm), started(realm, Random(seed))  # noqa: S311  chance, not secrecy

    asyncio.run(chaos.run(worlds=2))
    gc.collect()

    assert chaos.failures == []
    assert foreign_group(realm) == foreign
    assert len(chaos.happened) > 5


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_another_administrator_adds_is_lost(keycloak: KeycloakServer, seed: int) -> None:
    realm, random = keycloak.new_realm(), Random(seed)  # noqa: S311  chance, not secrecy
    chaos = started(realm, random)

    acted = asyncio.run(chaos.beside_rival(2, Rival(realm, random), at_once=1))

    assert chaos.failures == []
    assert acted > 10
