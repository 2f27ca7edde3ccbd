"""Two hundred faulty directories by seed; `./check real` runs two thousand, also over HTTP."""

import pytest

from tests.sources.chaos import FAULTS, OVER_HTTP, main, run

_MANY = [range(first, first + 300) for first in range(200, 2000, 300)]


@pytest.mark.parametrize(
    "seeds", [range(200), *(pytest.param(seeds, marks=pytest.mark.real) for seeds in _MANY)]
)
def test_nobody_loses_access_by_a_fault_and_everything_true_arrives(seeds: range) -> None:
    traces = list(run(seeds))

    assert [(trace.seed, trace.failures) for trace in traces if trace.failures] == []
    assert {name for trace in traces for name in trace.faults} >= set(FAULTS)


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(1, 100), marks=pytest.mark.real)])
def test_the_same_holds_for_directories_over_http(kind: str, seeds: range) -> None:
    assert [(trace.seed, trace.failures) for trace in run(seeds, (kind,)) if trace.failures] == []


def test_the_command_prints_the_number_of_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--seeds", "1", "--from", "9000"])

    assert (code, capsys.readouterr().out[:14]) == (0, "1 seed passed;")
