"""Text becomes HTML here and nowhere else: what was not built by these functions is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Final

from reconciler.model.printable import printable

# So many rows a browser draws before anybody has waited; a picture of the page shows them too.
_LONG: Final = 500


class Markup(str):
    """HTML as it stands in the page; any other text is escaped where it comes in."""

    __slots__ = ()


def text(said: str) -> Markup:
    """Return what was said, escaped, and with what nobody sees written out; markup stays as it is."""
    return said if isinstance(said, Markup) else Markup(escape(printable(said)))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return the parts, one after the other."""
    return Markup(text(between).join(map(text, parts)))


def tag(name: str, /, *children: str, **attributes: str | None) -> Markup:
    """Return an element; `aria_label` is `aria-label`, `class_` is `class`, and None leaves one out."""
    return Markup(f"{_opened(name, attributes)}{joined(children)}</{name}>")


def void(name: str, /, **attributes: str | None) -> Markup:
    """Return an element that holds nothing and is not closed, such as `input`."""
    return _opened(name, attributes)


def heads(*titles: str) -> Markup:
    """Return the first row of a table."""
    return tag("thead", tag("tr", *(tag("th", each, scope="col") for each in titles)))


def folded(title: str, /, *children: str, **attributes: str | None) -> Markup:
    """Return what one sees after opening it."""
    return tag("details", tag("summary", title), *children, **attributes)


def long(rows: int) -> str | None:
    """Return the class of what is so long that a browser draws only what is in sight; of the rest None."""
    return "long" if rows > _LONG else None


def sign(shown: str, said: str) -> Markup:
    """Return a sign for those who see, and a word in its place for those who listen."""
    return tag("b", shown, class_="sign", role="img", aria_label=said)


def _opened(name: str, attributes: dict[str, str | None]) -> Markup:
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>")
