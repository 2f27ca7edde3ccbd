"""Konnect keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import Ground
from tests.portals.konnect.ground import KonnectGround


class TestKonnect(PortalContract):
    @pytest.fixture
    def ground(self) -> Ground:
        return KonnectGround()
