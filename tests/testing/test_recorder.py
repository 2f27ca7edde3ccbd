"""A witness finds what a journal or a receipt does not say, or says and is not so."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from reconciler.apply import ExecutorOptions, apply
from reconciler.model.receipt import Entry, Receipt
from reconciler.model.resource import Resource
from reconciler.testing.concurrent_editor import ConcurrentEditor
from reconciler.testing.database_state import database_state
from reconciler.testing.embedded import InProcessPortal, embedded
from reconciler.testing.harness import ALL, NOW, SCOPE, asking, plan, quiet, run
from reconciler.testing.recorder import RunRecorder

FIELDS = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}


class Forgetful(RunRecorder):
    """Writes down no beginnings."""

    async def begin(self, change_ids: Iterable[str]) -> None:
        pass


class Boastful(RunRecorder):
    """Writes down that all was applied."""

    def end(self, entries: Iterable[Entry]) -> None:
        super().end(msgspec.structs.replace(each, outcome="applied") for each in entries)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[InProcessPortal]:
    with embedded(str(tmp_path / "portal.db"), ("tracking",)) as found:
        yield found


def said(
    portal: InProcessPortal,
    witness: RunRecorder,
    fields: dict[str, str],
    receipt: Callable[[Receipt], Receipt | None],
) -> list[str]:
    """Make a partner with these fields; return what the witness says of what is left of its receipt."""
    made = plan(asking(Resource("partner/acme", fields, SCOPE)), database_state(portal).live())

    async def write() -> list[str]:
        chance = Random(0)  # noqa: S311  chance, not secrecy
        async with portal.open(portal.line(), chance) as adapter:
            await adapter.read(ALL, quiet)
            conduct = ExecutorOptions(
                at_once=1, now=lambda: NOW, progress=witness.progress, journal=witness.open(made)
            )
            told = await apply(made, adapter, conduct)
            return list(witness.verify(made, receipt(told)))

    return run(write())


def as_it_is(receipt: Receipt) -> Receipt:
    return receipt


def lost(_receipt: Receipt) -> None:
    """Keep no receipt, as a run that is killed."""


def refused(receipt: Receipt) -> Receipt:
    entries = tuple(msgspec.structs.replace(entry, outcome="failed") for entry in receipt.entries)
    return msgspec.structs.replace(receipt, entries=entries)


def watching(portal: InProcessPortal, kind: type[RunRecorder] = RunRecorder) -> RunRecorder:
    return kind(portal, ConcurrentEditor(portal, Random(0)))  # noqa: S311  chance, not secrecy


@pytest.mark.parametrize("receipt", [as_it_is, lost])
def test_true_reports_are_accepted(
    portal: InProcessPortal, receipt: Callable[[Receipt], Receipt | None]
) -> None:
    assert said(portal, watching(portal), FIELDS, receipt) == []


def test_a_receipt_that_is_too_modest_lies_and_differs_from_the_journal(portal: InProcessPortal) -> None:
    assert said(portal, watching(portal), FIELDS, refused) == [
        "create partner/acme is failed according to the receipt, but was written",
        "partner/acme is failed in the receipt, but applied in the journal",
    ]


def test_a_journal_that_boasts_of_what_was_refused_lies(portal: InProcessPortal) -> None:
    wrong = {**FIELDS, "type": "nothing of the kind"}

    assert said(portal, watching(portal, Boastful), wrong, lost) == [
        "create partner/acme is applied according to the receipt, but differs from what was written"
    ]


def test_a_write_that_was_not_written_down_before_is_missed_in_the_journal(portal: InProcessPortal) -> None:
    class Killed(Forgetful):
        def end(self, _entries: Iterable[Entry]) -> None:
            """Die before that."""

    assert said(portal, watching(portal, Killed), FIELDS, lost) == [
        "create partner/acme is skipped according to the receipt, but was written"
    ]
