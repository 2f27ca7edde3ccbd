"""What is left of a run that was killed, and what is told of it."""

import asyncio
import errno
import json
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.cli.storage.journal import FileJournal, read_left_behind
from reconciler.cli.storage.runs import RunRecord
from reconciler.errors import InputError
from reconciler.model.journal import read_journal
from reconciler.model.receipt import Entry, Receipt
from tests.apply.test_apply import planned
from tests.builders import partner, team
from tests.cli.running import Place, process
from tests.states import live

PLAN = planned(live(), partner("acme", team()))
ACME, TEAM, ANA = (change.id for change in PLAN.changes)
STARTED = "2026-11-24T12:00:00Z"
NAME = "2026-11-24T120000Z-0123456789ab"


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what programs of this user keep."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


def journal(path: Path) -> FileJournal:
    opened = FileJournal(path)
    opened.open(PLAN, STARTED)
    return opened


def written(path: Path) -> FileJournal:
    """Write the journal of a run that made one change and began another."""

    async def run() -> FileJournal:
        opened = journal(path)
        await opened.begin([ACME])
        opened.end([Entry(ACME, "create", "applied")])
        await opened.begin([TEAM])
        return opened

    return asyncio.run(run())


class Disk:
    """Counts how often a journal waits for the disk, and keeps what was on it after the last time."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waits = 0
        self.content = b""
        self._path, self._wait = path, os.fsync
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, descriptor: int) -> None:
        content = self._path.read_bytes()
        self._wait(descriptor)
        self.waits += 1
        self.content = content


@pytest.mark.parametrize(("at_once", "waits"), [(1, 64), (32, 2)])
def test_changes_that_begin_together_wait_for_the_disk_together_and_none_before_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, waits: int
) -> None:
    path = tmp_path / "run.jsonl"
    disk = Disk(path, monkeypatch)
    left = iter([f"partner/p{number}" for number in range(64)])

    async def run() -> None:
        opened = journal(path)

        async def worker() -> None:
            for change in left:
                await opened.begin([change])
                assert f'"{change}"'.encode() in disk.content
                opened.end([Entry(change, "create", "applied")])

        await asyncio.gather(*(worker() for _ in range(at_once)))
        opened.close(keep=True)

    asyncio.run(run())

    assert disk.waits == waits


def outcomes(receipt: Receipt) -> list[str]:
    return [f"{entry.outcome}: {entry.message}" for entry in receipt.entries]


def test_what_was_begun_and_not_ended_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    written(path).close(keep=True)

    told = read_journal(path.read_bytes())

    assert (told.plan, told.started, told.outcome, told.problem, outcomes(told)) == (
        PLAN.digest,
        STARTED,
        "incomplete",
        "the run ended before it wrote its receipt",
        [
            "applied: ",
            "unknown: the run ended during this write",
            "skipped: the run ended before this change",
        ],
    )


CUT_OFF = "unknown: the journal is incomplete and does not mention this change"


@pytest.mark.parametrize("rest", [b"", b"\0\0\0", b'\n{"at":"2026', b"\n\0\0\0\n"])
def test_behind_a_line_that_was_cut_off_everything_is_unknown(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "run.jsonl"
    written(path).close(keep=True)
    whole = path.read_bytes().splitlines()

    told = read_journal(b"\n".join(whole[:-1]) + rest)

    assert (told.outcome, told.problem, outcomes(told)[-1]) == (
        "incomplete",
        (
            "the run ended before it wrote its receipt, and the last line of its journal is incomplete: "
            "later changes are unknown"
        ),
        CUT_OFF,
    )
    assert outcomes(told)[1] == CUT_OFF


def test_a_journal_says_who_applied(tmp_path: Path) -> None:
    opened = FileJournal(tmp_path / "run.jsonl")
    opened.open(PLAN, STARTED, "ana@laptop")
    opened.close(keep=True)

    assert read_journal((tmp_path / "run.jsonl").read_bytes()).applied_by == "ana@laptop"


def test_a_line_without_its_end_is_taken_for_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    written(path).close(keep=True)

    told = read_journal(path.read_bytes()[:-1])

    assert outcomes(told) == ["applied: ", "unknown: the run ended during this write", CUT_OFF]


OPENING = {
    "format": "reconciler-journal/1.0",
    "plan": "sha256:00",
    "portal": "local",
    "started": STARTED,
    "changes": [{"id": "partner/acme", "action": "create"}],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "x"},
        {"plan": "../../x"},
        {"portal": "../x"},
        {"started": "../../../home/ana/x"},
        {"changes": [{"id": "partner/a/../b", "action": "create"}]},
        {"changes": [{"id": "partner/acme", "action": "dance"}]},
    ],
    ids=str,
)
def test_what_is_no_journal_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="this is not a"):
        read_journal(json.dumps({**OPENING, **wrong}).encode() + b"\n")


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n", b"\xff\n"])
def test_what_is_no_opening_is_no_journal(content: bytes) -> None:
    with pytest.raises(InputError, match="this is not a valid journal"):
        read_journal(content)


def test_a_journal_that_is_still_written_is_nobodys_remains(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.jsonl"
    opened = written(path)

    while_it_runs = read_left_behind(path)
    opened.close(keep=True)
    found = read_left_behind(path)

    assert (while_it_runs, found and found.plan) == (None, PLAN.digest)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("run.jsonl", "its name is not that of a journal"),
        (f"{NAME}.jsonl", "No such file or directory"),
    ],
)
def test_a_journal_that_cannot_be_read_says_why(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read_left_behind(tmp_path / name)

    assert raised.value.message == message


@contextmanager
def room(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("more", [0, 1, 40])
def test_a_journal_on_a_full_disk_breaks_off_and_stays_locked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: int
) -> None:
    path = tmp_path / f"{NAME}.jsonl"

    async def run() -> FileJournal:
        opened = journal(path)
        await opened.begin([ACME])
        with room(path.stat().st_size + more):
            opened.end([Entry(ACME, "create", "applied")])
            await opened.begin([TEAM])
        # There is room again, and the run goes on.
        opened.end([Entry(TEAM, "create", "applied")])
        return opened

    opened = asyncio.run(run())
    while_it_runs = read_left_behind(path)
    opened.close(keep=True)

    told = read_journal(path.read_bytes())
    assert (while_it_runs, outcomes(told), told.problem.partition(", ")[2].partition(":")[0]) == (
        None,
        ["unknown: the run ended during this write", CUT_OFF, CUT_OFF],
        "and the last line of its journal is incomplete",
    )
    assert capsys.readouterr().err == f"Warning: the journal could not be written to {path}: File too large\n"


def test_a_journal_whose_disk_fails_breaks_off_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / f"{NAME}.jsonl"
    monkeypatch.setattr(os, "fsync", fail)

    written(path).close(keep=True)

    assert outcomes(read_journal(path.read_bytes())) == [
        "unknown: the run ended during this write",
        CUT_OFF,
        CUT_OFF,
    ]
    assert (
        capsys.readouterr().err
        == f"Warning: the journal could not be written to {path}: Input/output error\n"
    )


def test_a_journal_that_fails_twice_at_once_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{NAME}.jsonl"
    waiting, failing = threading.Event(), threading.Event()

    def fail(_: int) -> None:
        waiting.set()
        failing.wait()
        raise OSError(errno.EIO, "Input/output error")

    async def run() -> None:
        opened = journal(path)
        monkeypatch.setattr(os, "fsync", fail)
        begun = asyncio.create_task(opened.begin([ACME]))
        await asyncio.to_thread(waiting.wait)
        with room(path.stat().st_size):
            opened.end([Entry(TEAM, "create", "applied")])
        failing.set()
        await begun
        opened.close(keep=True)

    asyncio.run(run())

    assert capsys.readouterr().err == f"Warning: the journal could not be written to {path}: File too large\n"


def test_a_change_that_is_cancelled_while_it_begins_does_not_stop_others(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.jsonl"

    async def run() -> None:
        opened = journal(path)
        cancelled, other = (asyncio.create_task(opened.begin([each])) for each in (ACME, TEAM))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await other
        await opened.begin([ANA])
        opened.close(keep=True)

    asyncio.run(run())

    assert outcomes(read_journal(path.read_bytes())) == ["unknown: the run ended during this write"] * 3


def test_a_journal_without_room_for_its_first_line_is_removed(tmp_path: Path) -> None:
    with room(10):
        opened = journal(tmp_path / f"{NAME}.jsonl")
    left = list(tmp_path.iterdir())
    opened.close(keep=True)

    assert left == []


def test_where_none_can_be_kept_that_is_said_once_and_the_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "run.jsonl"

    written(path).close(keep=False)

    assert (
        capsys.readouterr().err
        == f"Warning: the journal could not be written to {path}: file is not a folder\n"
    )


@pytest.fixture
def journals(place: Place) -> Path:
    """Where the journals of a repository are."""
    return place.folder / ".reconciler" / "journals"


@pytest.fixture
def receipts(place: Place) -> Path:
    """Where its receipts are."""
    return place.folder / ".reconciler" / "receipts"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_next_apply_makes_a_receipt_of_what_is_left(place: Place, journals: Path, receipts: Path) -> None:
    written(journals / f"{NAME}.jsonl").close(keep=True)
    shown = place.run("show", str(journals / f"{NAME}.jsonl"))

    ran = place.run("apply", "--auto-approve")

    assert (ran.code, ran.err.splitlines()[:2], names(journals), f"{NAME}.json" in names(receipts)) == (
        0,
        [
            "An earlier run ended without a receipt: 1 applied, 0 failed, 1 unknown, 1 not started.",
            f"Its receipt: {receipts / NAME}.json",
        ],
        [],
        True,
    )
    assert shown.out.splitlines()[-3:] == [
        "Stopped early: the run ended before it wrote its receipt",
        "",
        "Applied 1, 1 skipped, 1 unknown.",
    ]


def test_after_a_run_only_its_receipt_is_left_and_bears_the_name_of_its_journal(
    place: Place, journals: Path, receipts: Path
) -> None:
    record = RunRecord(place.folder)
    opened = record.begin(PLAN)
    record.save(read_journal(opened.path.read_bytes()))
    direct = names(receipts)

    place.run("apply", "--auto-approve")

    assert (direct, names(journals), len(names(receipts))) == ([f"{opened.path.stem}.json"], [], 2)


@pytest.mark.parametrize("kept_in", ["checkout", "state folder"])
def test_a_journal_whose_receipt_exists_is_done(
    place: Place, journals: Path, receipts: Path, state: Path, kept_in: str
) -> None:
    folder = receipts if kept_in == "checkout" else state / "reconciler" / "receipts"
    written(journals / f"{NAME}.jsonl").close(keep=True)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.json").write_text("what the run wrote itself")

    ran = place.run("apply", "--auto-approve")

    assert (ran.code, "An earlier run" in ran.err, names(journals)) == (0, False, [])
    assert (folder / f"{NAME}.json").read_text() == "what the run wrote itself"


def test_a_run_whose_journal_broke_off_leaves_none_behind_once_it_has_a_receipt(
    place: Place, journals: Path
) -> None:
    record = RunRecord(place.folder)
    opened = record.begin(PLAN)
    with room(opened.path.stat().st_size):
        asyncio.run(opened.begin([ACME]))
    record.save(read_journal(opened.path.read_bytes()))

    assert names(journals) == []


def test_a_receipt_that_the_checkout_does_not_take_is_kept_by_the_user_alone(
    place: Place, journals: Path, receipts: Path, state: Path
) -> None:
    receipts.parent.mkdir(exist_ok=True)
    receipts.touch()

    ran = place.run("apply", "--auto-approve")

    kept = state / "reconciler" / "receipts"
    assert ran.err.splitlines() == [
        (
            f"Warning: the receipt could not be written: {receipts}/{kept_name(kept)} cannot be written: "
            "receipts is not a folder"
        ),
        f"Receipt: {kept}/{kept_name(kept)}",
    ]
    assert (kept.stat().st_mode & 0o777, names(journals)) == (0o700, [])


def test_a_process_of_a_test_keeps_receipts_in_the_home_folder_of_that_test(
    place: Place, receipts: Path, home: Path
) -> None:
    receipts.parent.mkdir(exist_ok=True)
    receipts.touch()

    ran = process(place.folder, "apply", "--auto-approve")

    kept = home / ".local/state/reconciler/receipts"
    assert ran.err.splitlines()[-1] == f"Receipt: {kept}/{kept_name(kept)}"


def kept_name(folder: Path) -> str:
    [name] = names(folder)
    return name


def test_a_receipt_that_nothing_takes_leaves_the_journal(
    place: Place, journals: Path, receipts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipts.parent.mkdir(exist_ok=True)
    receipts.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(receipts))

    ran = place.run("apply", "--auto-approve")

    [left] = journals.iterdir()
    assert (ran.code, ran.err.count("Warning: the receipt could not be written")) == (0, 2)
    assert read_journal(left.read_bytes()).outcome == "complete"
