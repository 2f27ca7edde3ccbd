"""Mails: what they say, their way from the database to an SMTP server."""

from reconciler.portal_server.mail.outbox import Post, send

__all__ = ["Post", "send"]
