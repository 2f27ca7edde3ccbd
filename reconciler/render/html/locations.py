"""Locations in files, as links to the commit if its address is known."""

from typing import Final
from urllib.parse import quote

from reconciler.render.html.markup import Markup, tag, text

_SCHEMES: Final = ("https://", "http://")


class Locations:
    """Links to files below a base address; plain text unless the base is an HTTP(S) address."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/") if base.startswith(_SCHEMES) else ""

    def link(self, file: str | None, line: int | None) -> Markup:
        """Return a location such as `partners/acme.yaml:7`."""
        if not file:
            return Markup()
        location = f"{file}:{line}" if line else file
        if not self._base:
            return text(location)
        # For a file name that is not valid UTF-8, the link is broken, which is harmless.
        anchor = f"#L{line}" if line else ""
        return tag("a", location, href=f"{self._base}/{quote(file, errors='replace')}{anchor}")
