"""Random desired states: with faults in between, and beside another administrator."""

import asyncio

import pytest

from reconciler.testing.faults import FAULTS
from tests.portals.apigee.chaos import DETECTABLE, Chaos

FEW = range(6)
MANY = range(6, 60)


def with_faults(seed: int) -> None:
    chaos = Chaos(seed)

    asyncio.run(chaos.with_faults(2, DETECTABLE))

    assert chaos.failures == []
    assert len(chaos.happened) > 3


def beside_rival(seed: int) -> int:
    chaos = Chaos(seed)

    acted = asyncio.run(chaos.beside_rival(2))

    assert chaos.failures == []
    return acted


@pytest.mark.parametrize("seed", FEW)
def test_every_receipt_is_true_and_the_desired_state_is_reached(seed: int) -> None:
    with_faults(seed)


@pytest.mark.parametrize("seed", FEW)
def test_nothing_that_another_administrator_adds_is_lost(seed: int) -> None:
    assert beside_rival(seed) > 0


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.parametrize("seed", MANY)
def test_many_rounds_end_well(seed: int) -> None:
    with_faults(seed)
    beside_rival(seed)


@pytest.mark.parametrize("seed", FEW)
def test_the_next_run_repairs_what_late_and_outdated_responses_do(seed: int) -> None:
    chaos = Chaos(seed)

    asyncio.run(chaos.with_faults(2, FAULTS))

    assert [each for each in chaos.failures if not each.startswith("reported")] == []
    assert len(chaos.happened) > 3
