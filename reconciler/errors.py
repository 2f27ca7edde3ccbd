"""All errors that users can see, with their exit codes.

ReconcilerError
├── InputError            1  the files or the command line are invalid: fix them
│   └── InterruptedRunError  the run was asked to stop before its first write
├── PolicyError           3  the files are valid, but a rule denies the plan: ask an owner
├── PlanError             4  the plan is stale or was not approved: plan again
├── PortalError           5  the portal or forge was unreachable, refused a request, or was read incompletely
│   └── UnknownOutcomeError  a write was sent, but its response was lost: it may have taken effect
└── IncompleteError       6  writing began, but not everything was applied: read the receipt, run again
"""

from typing import ClassVar


class ReconcilerError(Exception):
    """An error that a user can fix: `message` is what is wrong and where, `hint` is what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(ReconcilerError):
    """The files or the command line are invalid."""

    exit_code = 1


class InterruptedRunError(InputError):
    """The run was asked to stop before its first write."""


class PolicyError(ReconcilerError):
    """A rule or the guard denies the plan."""

    exit_code = 3


class PlanError(ReconcilerError):
    """The plan is stale, was edited, is for another portal, or was not approved."""

    exit_code = 4


class PortalError(ReconcilerError):
    """The portal was unreachable, refused a request, or was read incompletely; nothing was written."""

    exit_code = 5


class UnknownOutcomeError(PortalError):
    """A write was sent and no clear response came: whether it took effect is unknown."""


class IncompleteError(ReconcilerError):
    """Writing began, but not every change was applied; the receipt has the details."""

    exit_code = 6
