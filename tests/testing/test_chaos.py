"""Two hundred seeds of the chaos run hold, and a run tells what it found."""

import pytest

from reconciler.testing.chaos import main, run
from reconciler.testing.faults import FAULTS

# In the first, every fault happens.
_FEW = range(8)
_MANY = [range(first, first + 24) for first in range(8, 200, 24)]


@pytest.mark.no_cover  # it runs the same lines again and again
@pytest.mark.parametrize("seeds", [_FEW, *(pytest.param(seeds, marks=pytest.mark.real) for seeds in _MANY)])
def test_nothing_is_lost_or_done_twice_and_every_receipt_is_true(seeds: range) -> None:
    stories = list(run(seeds))

    assert [(trace.seed, trace.failures) for trace in stories if trace.failures] == []
    happened = {name for trace in stories for name in trace.faults}
    assert {*(fault.name for fault in FAULTS), "denied by the guard"} <= happened
    assert happened & {"killed", "stopped"}


def test_the_command_prints_the_number_of_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--seeds", "1", "--from", "9000"])

    assert (code, capsys.readouterr().out[:15]) == (0, "1 seeds passed;")
