"""A browser without JavaScript: the real application over ASGI, with cookies and posted forms."""

import re
from html import unescape
from typing import Any, Self

import httpx2

from reconciler.portal_server.identity import sessions
from reconciler.portal_server.seed import Site
from tests.portal_server.driver import Portal

OPERATOR = "olga@portal.example"
URL = "https://portal.example"
SITE = Site(url=URL, operators=frozenset({OPERATOR}))


class Browser:
    """One browser at a portal that has pages; several can use the same portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(portal.app, raise_app_exceptions=False), base_url=URL
        )
        self.csrf = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.portal.runner.run(self.client.aclose())

    def sign_in(self, email: str) -> Self:
        """Begin a session of a person as signing in does."""
        with self.portal.app.state.database.writing() as connection:
            secret = sessions.begin(connection, self.portal.clock, email, "link")
            session = sessions.find(connection, self.portal.clock, secret)
        assert session is not None
        self.csrf = session.csrf
        self.client.cookies.set("__Host-session", secret, domain="portal.example")
        return self

    def get(self, path: str, **request: Any) -> httpx2.Response:
        return self.portal.runner.run(self.client.get(path, **request))

    def submit(
        self, path: str, form: dict[str, Any] | None = None, *, follow: bool = True, **request: Any
    ) -> httpx2.Response:
        """Post a form of the own site, and follow the redirect after it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": URL, **request.pop("headers", {})}
        data = {"csrf": self.csrf, **(form or {})}
        answer = self.portal.runner.run(self.client.post(path, data=data, headers=headers, **request))
        return self.get(answer.headers["location"]) if follow and answer.status_code == 303 else answer


def text_of(page: httpx2.Response) -> str:
    """Return what a person reads on a page, with single spaces."""
    shown = re.sub(r"(?s)<(head|script|style).*?</\1>|<[^>]+>", " ", page.text)
    return re.sub(r"\s+", " ", unescape(shown)).strip()
