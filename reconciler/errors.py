"""Every error a person can meet, and the exit code it ends with.

ReconcilerError
├── InputError            1  the files, or how we were called, are wrong: fix them
├── PolicyError           3  the files are right, a rule forbids what they ask for: ask an owner
├── PlanError             4  the plan no longer fits what was seen or approved: plan again
├── PortalError           5  the portal or forge could not be reached, refused us, or was read incompletely
└── IncompleteError       6  writing began and not everything was applied: read the receipt, run again
"""

from typing import ClassVar


class ReconcilerError(Exception):
    """What a person can act on: `message` says where and what, `hint` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(ReconcilerError):
    """The files, or the way the command was called, are wrong."""

    exit_code = 1


class PolicyError(ReconcilerError):
    """A rule or the guard denies the plan."""

    exit_code = 3


class PlanError(ReconcilerError):
    """The plan is stale, was edited, is of another portal, or is not the approved one."""

    exit_code = 4


class PortalError(ReconcilerError):
    """The portal could not be reached, refused us, or was read incompletely; nothing was written.

    `attempts` is how often it was asked.
    """

    exit_code = 5
    attempts: int = 1


class IncompleteError(ReconcilerError):
    """Writing began and not every change was applied; the receipt says which."""

    exit_code = 6
