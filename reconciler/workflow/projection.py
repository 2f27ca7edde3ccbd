"""Projection: a desired state as the portal of a run can store it."""

from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live
from reconciler.project import Projection, project


def projected(desired: Desired, can: Capabilities | None, live: Live | None = None) -> Projection:
    """Return the desired state as a portal can store it; unchanged if it is not for a portal."""
    return Projection(desired) if can is None else project(desired, can, live)
