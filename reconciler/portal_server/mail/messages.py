"""What mails say: Jinja templates for text and HTML, with values that are not trusted."""

import re
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reconciler.portal_server.mail.message import Message, Post
from reconciler.portal_server.values.sentences import full_stop

# Marks that reverse the direction of the text after them.
_DIRECTIONS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def compose(template: str, post: Post | None, values: dict[str, Any]) -> Message:
    """Render a mail. The first line of the text template is the subject."""
    given = {"origin": post and post.origin, "portal": post and post.portal, **values}
    subject, _, text = _environment().get_template(f"{template}.txt").render(given).partition("\n")
    html = _environment().get_template(f"{template}.html").render(given, subject=subject) if post else None
    return Message(subject, text.lstrip("\n"), html)


def one_line(value: str) -> str:
    """Return an untrusted text on one line, without marks that change the direction."""
    return " ".join(_DIRECTIONS.sub("", value).split())


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("reconciler.portal_server.mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    made.globals["full_stop"] = full_stop
    return made


def _finalized(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
