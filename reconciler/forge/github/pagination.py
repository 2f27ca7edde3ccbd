"""Further pages of GitHub's lists: the Link header names the next one."""

import re
from typing import Final

from reconciler.forge.http import Answer, ForgeClient, Request

_NEXT: Final = re.compile(r'<([^<>]*)>\s*;[^<]*?\brel="?next\b')


class Pages:
    """Says how to ask for the page after a page."""

    def __init__(self, client: ForgeClient) -> None:
        self._client = client

    def __call__(self, answer: Answer) -> Request | None:
        """Return the request for the next page, or None after the last. Raises ForgeError for other hosts."""
        found = _NEXT.search(answer.headers.get("Link", ""))
        return Request(method="GET", path=self._client.own(found[1])) if found else None
