"""Changes are started in groups, so that the journal waits for the disk once for each group."""

import asyncio
from collections.abc import Iterable, Sequence

from reconciler.model.plan import Change
from reconciler.model.receipt import Entry
from reconciler.model.write_result import WriteResult
from tests.apply.whole_objects import WholeTeams, applied, change

# So many that each write is done alone.
_STEPS = 10


class OneByOne(WholeTeams):
    """A portal that answers one write after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        async with self._turn:
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            return await super().write(batch, owner_label)


class Groups:
    """A journal that notes which changes began after how many others had ended."""

    def __init__(self) -> None:
        self.begun: dict[int, list[str]] = {}
        self._ended = list[Entry]()

    async def begin(self, change_ids: Iterable[str]) -> None:
        self.begun.setdefault(len(self._ended), []).extend(change_ids)

    def end(self, entries: Iterable[Entry]) -> None:
        self._ended += entries


def test_changes_start_together_when_half_of_those_before_are_done() -> None:
    journal = Groups()

    applied(OneByOne(), *(change(f"partner/{name}") for name in "abcdefg"), journal=journal)

    assert journal.begun == {
        0: ["partner/a", "partner/b", "partner/c", "partner/d"],
        2: ["partner/e", "partner/f"],
        4: ["partner/g"],
    }
