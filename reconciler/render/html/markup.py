"""Build HTML: every text that these functions did not build is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Final

from reconciler.model.printable import printable

# Browsers render up to this many rows quickly, so that screenshots contain them as well.
_LONG: Final = 500


class Markup(str):
    """Escaped HTML."""

    __slots__ = ()


def text(content: str) -> Markup:
    """Escape text for HTML, with unprintable characters as escape sequences; markup is returned unchanged."""
    return content if isinstance(content, Markup) else Markup(escape(printable(content)))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Join and escape the parts."""
    return Markup(text(between).join(map(text, parts)))


def tag(name: str, /, *children: str, **attributes: str | None) -> Markup:
    """Return an element; `aria_label` is `aria-label`, `class_` is `class`, and None omits an attribute."""
    return Markup(f"{_start_tag(name, attributes)}{joined(children)}</{name}>")


def void(name: str, /, **attributes: str | None) -> Markup:
    """Return a void element, such as `input`."""
    return _start_tag(name, attributes)


def heads(*titles: str) -> Markup:
    """Return the head of a table."""
    return tag("thead", tag("tr", *(tag("th", each, scope="col") for each in titles)))


def folded(title: str, /, *children: str, **attributes: str | None) -> Markup:
    """Return a collapsed section."""
    return tag("details", tag("summary", title), *children, **attributes)


def long(rows: int) -> str | None:
    """Return the class of long sections, which browsers render only when visible, or None."""
    return "long" if rows > _LONG else None


def sign(shown: str, label: str) -> Markup:
    """Return a sign with a label for screen readers."""
    return tag("b", shown, class_="sign", role="img", aria_label=label)


def _start_tag(name: str, attributes: dict[str, str | None]) -> Markup:
    rendered = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{rendered}>")
