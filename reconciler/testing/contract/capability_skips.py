"""What a portal can, as far as the contract has to know; what it cannot is skipped, with the reason."""

import pytest

from reconciler.model.portal import Capabilities
from reconciler.model.resource import Resource
from reconciler.testing.harness import Ground, run, sample


def capabilities(ground: Ground) -> Capabilities:
    """Return what the portal says that it can hold."""

    async def opened() -> Capabilities:
        async with ground.open() as portal:
            return portal.capabilities

    return run(opened())


def need(*, can: bool, what: str) -> None:
    """Skip the test where the portal cannot."""
    if not can:
        pytest.skip(f"the portal says that it has no {what}")


def first(ground: Ground) -> list[Resource]:
    """Return something of all that the portal can hold."""
    return sample(capabilities(ground), ground.apis)


def second(ground: Ground) -> list[Resource]:
    """Return the same with other values."""
    return sample(capabilities(ground), ground.apis, second=True)
