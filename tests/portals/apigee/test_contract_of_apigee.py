"""Apigee keeps the contract of every portal."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from tests.portals.apigee.ground import ApigeeUnderTest
from tests.servers.apigee.organization import Organization
from tests.servers.apigee.server import ApigeeServer


class TestApigee(PortalContract):
    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        return ApigeeUnderTest(ApigeeServer(Organization(page=ApigeeUnderTest.page)))
