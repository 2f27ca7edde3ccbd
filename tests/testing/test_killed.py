"""A run that is killed, or whose portal is, leaves a true record, and the next run does the rest once."""

from pathlib import Path
from random import Random

import pytest

from reconciler.model.journal import read_journal
from reconciler.model.receipt import Receipt, read_receipt
from tests.testing.killing import IMPATIENT, WRITES, Ground, everybody, untrue

pytestmark = [pytest.mark.no_cover, pytest.mark.real]
_SEEDS = (0, 1, 2)


def chosen(seed: int) -> int:
    """Return the write at which the kill comes."""
    return Random(seed).randrange(1, WRITES)  # noqa: S311  chance, not secrecy


def record(ground: Ground) -> Receipt:
    """Return what the only run so far left: its receipt, or else its journal."""
    [left] = [
        path for path in (ground.folder / ".reconciler").rglob("*") if path.suffix in {".json", ".jsonl"}
    ]
    read = read_receipt if left.suffix == ".json" else read_journal
    return read(left.read_bytes())


def finished(ground: Ground) -> tuple[int, str, list[str]]:
    """Apply what is left; return the exit code, what a further apply says, and who got mails."""
    ground.let_lease_end()
    code, said = ground.apply()
    assert code == 0, said
    code, said = ground.apply()
    return code, said.splitlines()[-1], ground.mails()


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_run_that_is_killed_is_explained_and_the_next_one_does_the_rest(seed: int, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.portal():
        with ground.program("apply", "--auto-approve") as run:
            ground.kill_at(chosen(seed), run, run)

        assert untrue(record(ground), ground.held()) == []
        assert finished(ground) == (0, "No changes.", everybody())


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_run_whose_portal_is_killed_tells_the_truth_and_the_next_one_does_the_rest(
    seed: int, tmp_path: Path
) -> None:
    ground = Ground(tmp_path)
    # One run waits until the portal is back; the others may give up before.
    start = {"start": IMPATIENT} if seed else {}
    with ground.portal() as portal, ground.program("apply", "--auto-approve", **start) as run:
        ground.kill_at(chosen(seed), portal, run)
        with ground.portal():
            run.communicate(timeout=60)

            assert untrue(record(ground), ground.held()) == []
            assert finished(ground) == (0, "No changes.", everybody())


def test_a_portal_that_stays_away_leaves_a_true_receipt(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.portal() as portal, ground.program("apply", "--auto-approve", start=IMPATIENT) as run:
        ground.kill_at(10, portal, run)
        run.communicate(timeout=60)

        assert run.returncode in {5, 6}
    with ground.portal():
        assert untrue(record(ground), ground.held()) == []
        assert finished(ground) == (0, "No changes.", everybody())
