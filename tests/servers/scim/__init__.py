"""A directory with SCIM 2.0 in this process."""

from tests.servers.scim.application import BASE, TOKEN, ScimServer
from tests.servers.scim.state import ScimState

__all__ = ["BASE", "TOKEN", "ScimServer", "ScimState"]
