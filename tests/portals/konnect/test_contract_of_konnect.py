"""Konnect keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from tests.portals.konnect.ground import KonnectUnderTest


class TestKonnect(PortalContract):
    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        return KonnectUnderTest()
