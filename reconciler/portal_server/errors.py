"""What can go wrong with a portal's database outside a request.

PortalServerError        the database, or what was asked of it, is wrong
└── UnknownTeamError     a token was asked for a team that does not exist
"""


class PortalServerError(Exception):
    """The portal's database cannot be used as asked; the message says why and what to do."""


class UnknownTeamError(PortalServerError, LookupError):
    """There is no team of this name."""
