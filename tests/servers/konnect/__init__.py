"""A developer portal of Kong Konnect, in this process."""

from tests.servers.konnect.application import KonnectServer as KonnectServer
from tests.servers.konnect.state import REGION as REGION
from tests.servers.konnect.state import KonnectState as KonnectState
