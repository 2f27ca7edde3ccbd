"""What is handed to a portal when it is made."""

from typing import NamedTuple


class ApiEntry(NamedTuple):
    """An API that the portal is to have; `visibility` is public, organization or restricted."""

    name: str
    display_name: str
    owner: str
    visibility: str = "restricted"


class Operator(NamedTuple):
    """An administrator who is known only to this application and only while it runs: no token is stored."""

    name: str
    token: str


class RateLimit(NamedTuple):
    """At most `requests` of one token in each window of `seconds`; those without a token share one."""

    requests: int
    seconds: int = 60


class ServerLimits(NamedTuple):
    """What a server bears of its clients.

    A client has `seconds` for each step: to send the head of a request, to send its body, to take the answer.
    Beyond so many `connections`, or so many `of_one_client`, the one that has waited longest for its client
    is ended.
    """

    seconds: float = 30
    connections: int = 400
    of_one_client: int = 100
