"""What is left of a run that was killed, and what is told of it."""

import asyncio
from pathlib import Path

import pytest

from reconciler.cli.journal import FileJournal, left_behind
from reconciler.errors import InputError
from reconciler.model.journal import read_journal
from reconciler.model.receipt import Entry, Receipt
from tests.apply.test_apply import planned
from tests.builders import partner, team
from tests.cli.running import Place
from tests.states import live

PLAN = planned(live(), partner("acme", team()))
ACME, TEAM, ANA = (change.id for change in PLAN.changes)
STARTED = "2026-11-24T12:00:00Z"


def journal(path: Path) -> FileJournal:
    opened = FileJournal(path)
    opened.open(PLAN, STARTED)
    return opened


def written(path: Path) -> FileJournal:
    """Write the journal of a run that made one change and began another."""

    async def run() -> FileJournal:
        opened = journal(path)
        await opened.begin(ACME)
        opened.end(Entry(ACME, "create", "applied"))
        await opened.begin(TEAM)
        return opened

    return asyncio.run(run())


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
        "the run was ended before it was done",
        [
            "applied: ",
            "unknown: the run was ended while it was written",
            "skipped: the run was ended before it was begun",
        ],
    )


def test_a_line_that_was_cut_off_counts_as_not_written(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    written(path).close(keep=True)

    told = read_journal(path.read_bytes()[:-5])

    assert outcomes(told)[1:] == ["skipped: the run was ended before it was begun"] * 2


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b'{"format":"x","plan":"","portal":"","started":"","changes":[]}\n']
)
def test_what_is_no_journal_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="this is no journal"):
        read_journal(content)


def test_a_journal_that_is_still_written_is_nobodys_remains(tmp_path: Path) -> None:
    opened = written(tmp_path / "run.jsonl")

    while_it_runs = list(left_behind(tmp_path))
    opened.close(keep=True)
    found = [path.name for path, _ in left_behind(tmp_path)]

    assert (while_it_runs, found) == ([], ["run.jsonl"])


def test_where_none_can_be_kept_that_is_said_once_and_the_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "run.jsonl"

    written(path)

    assert capsys.readouterr().err == f"Warning: no journal is kept in {path}: File exists\n"


def test_the_next_apply_makes_a_receipt_of_what_is_left(place: Place) -> None:
    journals = place.folder / ".reconciler" / "journals"
    written(journals / "2026-11-24T120000Z-x.jsonl").close(keep=True)
    shown = place.run("show", str(journals / "2026-11-24T120000Z-x.jsonl"))

    ran = place.run("apply", "--auto-approve")

    digest = PLAN.digest.removeprefix("sha256:")[:12]
    kept = place.folder / ".reconciler" / "receipts" / f"2026-11-24T120000Z-{digest}.json"
    assert (ran.code, ran.err.splitlines()[:2], list(journals.iterdir()), kept.is_file()) == (
        0,
        [
            "An earlier run was ended while it wrote: 1 applied, 0 failed, 1 unknown, 1 not begun.",
            f"Its receipt: {kept}",
        ],
        [],
        True,
    )
    assert shown.out.splitlines()[-3:] == [
        "Ended early: the run was ended before it was done",
        "",
        "Applied 1, 1 skipped, 1 unknown.",
    ]


def test_after_a_run_only_its_receipt_is_left(place: Place) -> None:
    place.run("apply", "--auto-approve")

    kept = place.folder / ".reconciler"
    assert (list((kept / "journals").iterdir()), len(list((kept / "receipts").iterdir()))) == ([], 1)
