"""A portal that takes changes of one object together keeps the contract about writes."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.write_result import WriteResult
from reconciler.testing.contract.writes import WriteContract
from reconciler.testing.embedded import embedded
from reconciler.testing.harness import Ground
from tests.portals.around import Around
from tests.testing.test_contract_of_embedded import EmbeddedGround


class Merging(Around):
    """The embedded portal, which takes up to five changes below one object, or none of them."""

    @property
    def capabilities(self) -> Capabilities:
        return msgspec.structs.replace(self.portal.capabilities, batch_size=5)

    def batch_key(self, change: Change) -> str | None:
        return change.id.rpartition("/")[0]

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        key = self.batch_key(batch[0])
        assert {self.batch_key(change) for change in batch} == {key}
        results: list[WriteResult] = []
        for change in batch:
            results += await self.portal.write([change], owner_label)
            if results[-1].outcome == "failed" and len(results) == 1:
                return [WriteResult("failed", "the first one was refused")] * len(batch)
        return results


class MergingGround(EmbeddedGround):
    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        async with super().open() as portal:
            yield Merging(portal)


class TestMergingPortal(WriteContract):
    @pytest.fixture
    def ground(self, tmp_path: Path) -> Iterator[Ground]:
        with embedded(str(tmp_path / "portal.db"), EmbeddedGround.apis) as portal:
            yield MergingGround(portal)
