"""The garbage collector is off inside, and afterwards as it was."""

import gc

import pytest

from reconciler.model.gc_pause import quiet_collector


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_off_inside_and_afterwards_as_it_was_found(*, was_on: bool) -> None:
    begun = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        with quiet_collector():
            inside = gc.isenabled()

        assert (inside, gc.isenabled()) == (False, was_on)
    finally:
        (gc.enable if begun else gc.disable)()


def test_the_collector_is_on_again_after_an_error() -> None:
    with pytest.raises(LookupError), quiet_collector():
        raise LookupError

    assert gc.isenabled()
