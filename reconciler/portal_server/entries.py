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
