"""A mail, and how a portal sends mails."""

import msgspec


class Post(msgspec.Struct, frozen=True):
    """How a portal with pages sends mails.

    `origin` is where its pages are, such as https://portal.example; None if a request does not reveal it.
    `delivers` is whether an SMTP server takes the mails; otherwise they only stay in the mailbox. A `demo`
    shows all mails, also those with a secret.
    """

    portal: str
    origin: str | None
    delivers: bool
    demo: bool = False


class Message(msgspec.Struct, frozen=True):
    """The content of a mail: plain text, and the same as HTML."""

    subject: str
    text: str
    html: str | None = None
