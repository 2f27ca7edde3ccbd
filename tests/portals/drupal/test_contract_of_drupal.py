"""Drupal keeps the contract of every portal, with entity-reference fields and with groups."""

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from tests.portals.drupal.ground import DrupalUnderTest
from tests.portals.drupal.sites import WITH_DESCRIPTIONS, WITH_FIELDS, WITH_GROUPS


class TestProfile(PortalContract):
    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        return DrupalUnderTest(WITH_DESCRIPTIONS)


class TestFields(PortalContract):
    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        return DrupalUnderTest(WITH_FIELDS)


class TestGroups(PortalContract):
    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        return DrupalUnderTest(WITH_GROUPS)
