"""Projection: a desired state as the portal of a run can store it."""

from reconciler.model.document import Configuration, Document, Origin
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Desired, Live
from reconciler.project import PortalProfile, Projection, project


def projected(
    desired: Desired, configuration: Document, portal: str, can: Capabilities | None, live: Live | None = None
) -> Projection:
    """Return the desired state as a portal can store it; unchanged if it is not for a portal."""
    if can is None:
        return Projection(desired, desired)
    return project(desired, _profile(configuration, portal, can), live)


def _profile(configuration: Document, portal: str, can: Capabilities) -> PortalProfile:
    """Return what a portal can store, with the fallbacks that the configuration chooses for it."""
    portals = configuration.body.spec.portals if isinstance(configuration.body, Configuration) else {}
    if portal not in portals:
        return PortalProfile(can, portal)
    at = Origin(configuration, ("spec", "portals", portal, "fallbacks"))
    return PortalProfile(can, portal, portals[portal].fallbacks or Fallbacks(), at)
