"""The sample served on loopback, and browsers of the people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Response as Answer

from reconciler.portal_server import Site
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.seed import Oidc
from tests.forge.serving import served
from tests.portal_server.driver import Portal
from tests.portal_server.pages.walk.sample import NOW, OPERATOR, Sample
from tests.portal_server.pages.walk.walks import EMPTY, VIEWING, Walk

# Nothing listens there.
_PROVIDER: Final = Oidc("http://127.0.0.1:1", "portal", name="Keycloak")
_SITE: Final = Site(
    url=None,
    operators=frozenset({OPERATOR}),
    demo=True,
    oidc=_PROVIDER,
    files_url="https://git.example/partners/blob/main",
)


class Look(NamedTuple):
    """How a browser shows pages."""

    width: int
    scheme: str
    scripts: bool

    def options(self) -> dict[str, Any]:
        """Return the options of a context of Chromium."""
        return {
            "viewport": {"width": self.width, "height": 900},
            "color_scheme": self.scheme,
            "java_script_enabled": self.scripts,
        }


WIDE, PHONE = 1280, 390
# Each pair of values of any two of the three is in one of them.
LOOKS: Final = tuple(
    Look(width, scheme, scripts)
    for (width, scheme), scripts in zip(
        product((WIDE, PHONE), ("light", "dark")), (True, False, False, True), strict=True
    )
)


class Served:
    """A portal with the sample, one without any object, and the addresses of both."""

    def __init__(self, portals: dict[bool, tuple[Portal, str]], ids: dict[str, str]) -> None:
        self.ids = ids
        self.portal, self.address = portals[True]
        self._empty, self._empty_address = portals[False]
        self._cookies: dict[str, str] = {}

    def url(self, walk: Walk) -> str:
        """Return the address of a walk."""
        return self.address_of(walk.person) + walk.path.format_map(self.ids)

    def address_of(self, person: str | None) -> str:
        """Return the address of the portal of a person."""
        return self._empty_address if person == EMPTY else self.address

    def cookies(self, person: str | None) -> dict[str, str]:
        """Return the cookies of a session of a person, by name."""
        if person is None:
            return {}
        if person not in self._cookies:
            self._cookies[person] = self._begin(person)
        return {"__Host-session": self._cookies[person]}

    def context(self, chromium: Browser, person: str | None, look: Look) -> BrowserContext:
        """Return a browser in which the person is signed in."""
        context = chromium.new_context(**look.options())
        for name, value in self.cookies(person).items():
            context.add_cookies(
                [
                    {
                        "name": name,
                        "value": value,
                        "domain": "127.0.0.1",
                        "path": "/",
                        "secure": True,
                        "httpOnly": True,
                    }
                ]
            )
        return context

    def _begin(self, person: str) -> str:
        portal = self._empty if person == EMPTY else self.portal
        email = OPERATOR if person in {EMPTY, VIEWING} else person
        with portal.app.state.database.writing() as connection:
            secret = sessions.begin(connection, portal.clock, email, "link")
            session = sessions.find(connection, portal.clock, secret)
            if person == VIEWING and session is not None:
                sessions.view_as(connection, session, self.ids["integration"])
        return secret


@contextmanager
def served_sample(folder: Path) -> Iterator[Served]:
    """Serve the sample, and an empty portal."""
    with (
        Portal(str(folder / "portal.db"), site=_SITE) as portal,
        Portal(str(folder / "empty.db"), site=_SITE) as empty,
    ):
        ids = Sample(portal).fill()
        empty.clock = NOW
        with served(portal.app) as address, served(empty.app) as empty_address:
            yield Served({True: (portal, address), False: (empty, empty_address)}, ids)


class Opened:
    """A page that is open in Chromium, and what it complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self._hear(said.text))
        self.page.on("pageerror", lambda error: self._hear(str(error)))
        self.page.on("dialog", lambda dialog: self._hear(dialog.message))
        self.page.on("request", lambda asked: self._require_own(asked.url, address))

    def open(self, url: str) -> Answer:
        """Open an address."""
        answer = self.page.goto(url)
        assert answer is not None
        return answer

    def _hear(self, text: str) -> None:
        # Chromium reports the status of every page that is an error.
        if not text.startswith("Failed to load resource: the server responded with a status of"):
            self.complaints.append(text)

    def _require_own(self, url: str, address: str) -> None:
        if not url.startswith(address):
            self.complaints.append(f"asks another host: {url}")
