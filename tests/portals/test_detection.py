"""The type of a portal is found out by requests without credentials."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.errors import PortalError
from reconciler.portal_server import create_app
from reconciler.portals.detection import detected_type
from tests.forge.serving import served
from tests.http.loopback import Heard, serving


def detected(address: str) -> str | None:
    return asyncio.run(detected_type(address))


def test_a_served_embedded_portal_describes_itself(tmp_path: Path) -> None:
    app = create_app(str(tmp_path / "portal.db"))
    with closing(app.state.database), served(app) as url:
        assert detected(f"{url}/") == "embedded"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"jsonapi": {"version": "1.1"}, "data": [], "links": {}}', "drupal"),
        (b'{"realm": "master", "public_key": "MII", "token-service": "https://id.example"}', "keycloak"),
        (b'{"status": "ok"}', None),
        (b'["not", "an", "object"]', None),
        (b"not JSON", None),
    ],
)
def test_others_are_known_by_what_everybody_may_read(body: bytes, kind: str | None) -> None:
    heard: Heard = []
    with serving(heard, body=body) as port:
        assert detected(f"http://127.0.0.1:{port}/base") == kind

    asked = ["/base/openapi.json", "/base/jsonapi", "/base/realms/master"]
    assert heard == [(path, None) for path in asked[: {"drupal": 2}.get(kind or "", 3)]]


@pytest.mark.parametrize("status", [200, 302, 401, 404])
def test_a_web_site_of_another_kind_is_none(status: int) -> None:
    with serving([], status=status, headers={"Content-Type": "text/html"}, body=b"<p>Welcome") as port:
        assert detected(f"http://127.0.0.1:{port}") is None


def test_where_nothing_answers_this_is_said() -> None:
    with pytest.raises(PortalError) as refused:
        detected("http://127.0.0.1:9")

    assert refused.value.hint == "check the address, and whether it can be reached from here"
