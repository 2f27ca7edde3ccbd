"""A portal that takes changes of one object together keeps the contract about writes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from reconciler.model.portal import Portal
from reconciler.testing.batching import BatchingPortal
from reconciler.testing.contract.writes import WriteContract
from reconciler.testing.embedded import embedded
from reconciler.testing.harness import PortalUnderTest
from tests.testing.test_contract_of_embedded import EmbeddedUnderTest


class BatchingUnderTest(EmbeddedUnderTest):
    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        async with super().open() as portal:
            yield BatchingPortal(portal)


class TestBatchingPortal(WriteContract):
    @pytest.fixture
    def ground(self, tmp_path: Path) -> Iterator[PortalUnderTest]:
        with embedded(str(tmp_path / "portal.db"), EmbeddedUnderTest.apis) as portal:
            yield BatchingUnderTest(portal)
