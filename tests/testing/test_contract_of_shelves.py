"""Portals that lack much, and store whole objects, keep the contract of every portal."""

from pathlib import Path

import pytest

from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from tests.testing.shelf import ShelfUnderTest, lacking

_GROUPS = ("grant", "access-group", "access-item", "api-product", "product-item")


class TestOneFile(PortalContract):
    """A portal that replaces its one file."""

    @pytest.fixture
    def ground(self, tmp_path: Path) -> PortalUnderTest:
        return ShelfUnderTest(tmp_path / "shelf.json", lacking("api-grant"))


class TestTeamsOnly(PortalContract):
    """A portal without partners, admins, ends and grants to people; it merges nothing."""

    @pytest.fixture
    def ground(self, tmp_path: Path) -> PortalUnderTest:
        can = lacking(
            "api-grant",
            "partner",
            "membership.role",
            "membership.until",
            "grant.until",
            team_admins=False,
            developer_grants=False,
            enforces_until=False,
            batch_size=1,
        )
        return ShelfUnderTest(tmp_path / "shelf.json", can)


class TestApiGrants(PortalContract):
    """A portal that grants APIs and has no groups."""

    @pytest.fixture
    def ground(self, tmp_path: Path) -> PortalUnderTest:
        return ShelfUnderTest(tmp_path / "shelf.json", lacking(*_GROUPS, "partner"))
