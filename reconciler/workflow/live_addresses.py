"""The desired state of files for a portal, which may have people under former addresses."""

from reconciler.diff import at_live_addresses, effective_renames
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live
from reconciler.project import with_team_renames


def with_live_addresses(desired: Desired, live: Live, can: Capabilities | None = None) -> Desired:
    """Return the desired state with people under the addresses that the portal has for them."""
    if not desired.former_addresses:
        return desired
    renamed = with_team_renames(desired, can) if can else desired
    return at_live_addresses(desired, live, effective_renames(renamed, live))
