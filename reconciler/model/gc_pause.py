"""No garbage collection while millions of values are made that all live on: it would run for nothing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Turn the garbage collector off, and leave it afterwards as it was found."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made is old at once: else the next collection would look at all of it, for nothing.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
