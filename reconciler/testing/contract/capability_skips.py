"""Skip contract tests whose capabilities a portal does not have."""

import pytest

from reconciler.model.portal import Capabilities
from reconciler.model.resource import Resource
from reconciler.testing.harness import SCOPE, PortalUnderTest, run, sample


def capabilities(ground: PortalUnderTest) -> Capabilities:
    """Return the capabilities of the portal."""

    async def opened() -> Capabilities:
        async with ground.open() as portal:
            return portal.capabilities

    return run(opened())


def need(*, can: bool, what: str) -> None:
    """Skip the test if the portal does not have the capability."""
    if not can:
        pytest.skip(f"the portal does not support {what}")


def root(ground: PortalUnderTest) -> Resource:
    """Return the first object of the sample, which has others below it: the partner, or the team."""
    return first(ground)[0]


def sibling(resource: Resource, name: str, label: str | None = SCOPE) -> Resource:
    """Return an object with the same fields, another name and an owner label."""
    return Resource(f"{resource.id.rpartition('/')[0]}/{name}", resource.fields, label)


def first(ground: PortalUnderTest) -> list[Resource]:
    """Return a sample with everything that the portal supports."""
    return sample(capabilities(ground), ground.apis)


def second(ground: PortalUnderTest) -> list[Resource]:
    """Return the sample with other values."""
    return sample(capabilities(ground), ground.apis, second=True)
