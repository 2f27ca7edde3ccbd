"""Settings and initial data of a portal."""

from typing import NamedTuple


class ApiEntry(NamedTuple):
    """An initial API; `visibility` is public, organization or restricted."""

    name: str
    display_name: str
    owner: str
    visibility: str = "restricted"


class Operator(NamedTuple):
    """An administrator of one running application, whose token is not stored."""

    name: str
    token: str


class RateLimit(NamedTuple):
    """At most `requests` per token in each window of `seconds`; clients without a token share one limit."""

    requests: int
    seconds: int = 60


class ServerLimits(NamedTuple):
    """Limits for the clients of a server.

    A client has `seconds` for each step: to send the headers, to send the body, and to receive the response.
    Above `connections`, or `of_one_client`, the connection that has waited longest for its client is closed.
    """

    seconds: float = 30
    connections: int = 400
    of_one_client: int = 100
