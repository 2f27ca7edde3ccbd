"""Mails: what they say, their way from the database to an SMTP server."""

from reconciler.portal_server.mail.message import Post
from reconciler.portal_server.mail.outbox import send

__all__ = ["Post", "send"]
