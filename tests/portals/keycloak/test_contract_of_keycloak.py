"""Keycloak keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import Ground
from tests.portals.keycloak.ground import KeycloakGround
from tests.servers.keycloak import KeycloakServer


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keycloak")
class TestKeycloak(PortalContract):
    @pytest.fixture
    def ground(self, keycloak: KeycloakServer) -> Ground:
        return KeycloakGround(keycloak.new_realm())
