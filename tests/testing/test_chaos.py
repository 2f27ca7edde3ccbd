"""Two hundred seeds of the chaos run hold, and a run tells what it found."""

import pytest

from reconciler.testing.chaos import main, run
from reconciler.testing.faults import FAULTS

_CHUNKS = 8
_SEEDS_EACH = 25
_LONG = [pytest.mark.no_cover, pytest.mark.real]


@pytest.mark.parametrize(
    "chunk",
    [
        pytest.param(0, marks=pytest.mark.no_cover),  # it runs the same lines again and again
        *(pytest.param(chunk, marks=_LONG) for chunk in range(1, _CHUNKS)),
    ],
)
def test_nothing_is_lost_or_done_twice_and_every_receipt_is_true(chunk: int) -> None:
    first = chunk * _SEEDS_EACH
    stories = list(run(range(first, first + _SEEDS_EACH)))

    assert [(trace.seed, trace.failures) for trace in stories if trace.failures] == []
    happened = {name for trace in stories for name in trace.faults}
    assert {*(fault.name for fault in FAULTS), "denied by the guard"} <= happened
    assert happened & {"killed", "stopped"}


def test_the_command_prints_the_number_of_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--seeds", "1", "--from", "9000"])

    assert (code, capsys.readouterr().out[:15]) == (0, "1 seeds passed;")
