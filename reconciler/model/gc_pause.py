"""Pause garbage collection while millions of long-lived values are created, when it would only cost time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Disable the garbage collector, and restore its state afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # Move the new values to the oldest generation; the next collection would traverse all of them.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
