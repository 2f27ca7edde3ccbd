"""Places in files, as links to the commit where its address is known."""

from typing import Final
from urllib.parse import quote

from reconciler.render.html.markup import Markup, tag, text

_SCHEMES: Final = ("https://", "http://")


class Places:
    """Links to the files below an address; without one, or with one that is no web page, mere text."""

    def __init__(self, link: str) -> None:
        self._link = link.rstrip("/") if link.startswith(_SCHEMES) else ""

    def shown(self, file: str | None, line: int | None) -> Markup:
        """Return a place as people write it, such as `partners/acme.yaml:7`."""
        if not file:
            return Markup()
        said = f"{file}:{line}" if line else file
        if not self._link:
            return text(said)
        # A file's name may hold bytes that are no text; then the link leads nowhere, which is no harm.
        anchor = f"#L{line}" if line else ""
        return tag("a", said, href=f"{self._link}/{quote(file, errors='replace')}{anchor}")
