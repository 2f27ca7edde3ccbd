"""What an adapter reports for a write, and for a write whose response was lost."""

from typing import Literal

import msgspec


class WriteResult(msgspec.Struct, frozen=True):
    """The result of one change.

    `applied`: the portal has it. `failed`: nothing of it was written. `unknown`: the response was lost, or it
    does not show which of the two is true. `requests` is how often a request with this change was sent.
    """

    outcome: Literal["applied", "failed", "unknown"]
    message: str = ""
    requests: int = 1


class Resolution(msgspec.Struct, frozen=True):
    """What a portal shows of a change whose result was unknown.

    `not applied` is a promise: the change has no effect and will not get one later, even if the network
    delivers its request late. `retry`: writing the change again is safe and may succeed.
    """

    outcome: Literal["applied", "not applied", "unknown"]
    message: str = ""
    retry: bool = False
