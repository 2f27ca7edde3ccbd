"""Apigee keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import Ground
from tests.portals.apigee.ground import ApigeeGround
from tests.servers.apigee.organization import Organization
from tests.servers.apigee.server import ApigeeServer


class TestApigee(PortalContract):
    @pytest.fixture
    def ground(self) -> Ground:
        return ApigeeGround(ApigeeServer(Organization(page=ApigeeGround.page)))
