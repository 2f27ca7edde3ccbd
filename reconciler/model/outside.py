"""What comes from outside, as messages show it: texts in one short line, and the names of status codes."""

from http import HTTPStatus
from typing import Final

from reconciler.model.secret import SecretText

_LONGEST: Final = 300


def plain(text: str, secret: SecretText) -> str:
    """Return a text as one short line without the secret."""
    line = " ".join(secret.hide_in(text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def phrase(status: int) -> str:
    """Return what a status of HTTP is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no status that HTTP knows"
