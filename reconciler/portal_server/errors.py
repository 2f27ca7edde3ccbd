"""Errors of a portal's database outside a request.

PortalServerError        the database or an argument is invalid
└── UnknownTeamError     the team of a token does not exist
"""


class PortalServerError(Exception):
    """The portal's database cannot be used; the message has the reason and a hint."""


class UnknownTeamError(PortalServerError, LookupError):
    """The team does not exist."""
