"""Keycloak keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from tests.portals.keycloak.ground import KeycloakUnderTest
from tests.servers.keycloak import KeycloakServer


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keycloak")
class TestKeycloak(PortalContract):
    @pytest.fixture
    def ground(self, keycloak: KeycloakServer) -> PortalUnderTest:
        return KeycloakUnderTest(keycloak.new_realm())
