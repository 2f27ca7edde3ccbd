"""Opening a directory with SCIM: its libraries, its token, and its errors."""

import pytest
from starlette.responses import JSONResponse

from reconciler.errors import InputError, PortalError
from reconciler.sources import source_type
from reconciler.sources.scim import SOURCE
from tests.servers.scim import ScimServer, ScimState
from tests.sources.scim.opening import read


def test_the_type_is_found_by_its_name() -> None:
    assert source_type("scim") is SOURCE


def test_without_the_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.sources.scim.find_spec", lambda _name: None)

    with pytest.raises(InputError) as caught:
        read(ScimServer(ScimState()), "Acme")

    assert caught.value.message == 'source "sso": the libraries for SCIM are missing'
    assert caught.value.hint == 'install the extra: pip install "reconciler[scim]"'


def test_an_error_has_the_type_and_the_detail_of_the_server() -> None:
    server = ScimServer(ScimState())
    server.before = lambda _: JSONResponse({"scimType": "invalidVers", "detail": "use v2"}, 400)

    with pytest.raises(PortalError, match=r"rejected the request \(400\): invalidVers: use v2"):
        read(server, "Acme")


def test_a_right_that_is_missing_is_named() -> None:
    server = ScimServer(ScimState())
    server.before = lambda request: (
        JSONResponse({"detail": "no"}, 403) if "Groups" in request.url.path else None
    )

    [answer] = read(server, "Acme").values()

    assert answer.completeness == "partial"
    assert "rejected the request (403): no" in answer.reason
