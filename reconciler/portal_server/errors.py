"""Errors of a portal's database outside a request.

PortalServerError        the database or an argument is invalid
├── SchemaError          the tables cannot be upgraded, or are those of a later version
└── UnknownTeamError     the team of a token does not exist
"""


class PortalServerError(Exception):
    """The portal's database cannot be used; `hint` is what to do about it, if that is known."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SchemaError(PortalServerError):
    """The tables cannot be used; the message does not name the database."""


class UnknownTeamError(PortalServerError, LookupError):
    """The team does not exist."""
