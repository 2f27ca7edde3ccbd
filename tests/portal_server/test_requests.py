import pytest

from tests.portal_server.driver import Portal

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nothing",
        b'{"name": "a", "name": "a"}',
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        '{"name": "a"}'.encode("utf-16"),
    ],
)
def test_what_is_no_json_is_400(sqlite_portal: Portal, content: bytes) -> None:
    refusal = sqlite_portal.send("POST", "/apis", content=content, headers=JSON)

    assert refusal.status_code == 400
    assert refusal.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "value", [None, 1, 10**300, 1.5, True, [], {}, "", "a b", "a\n", "a\0", "-a", "\u00e9", "a" * 129]
)
def test_what_is_no_name_is_422_on_both_databases(portal: Portal, value: object) -> None:
    refusal = portal.post("/access-groups", {"name": value, "displayName": "A", "owner": "o"})

    assert refusal.status_code == 422
    assert [error["pointer"] for error in refusal.json()["errors"]] == ["/name"]


@pytest.mark.parametrize("content", [b"null", b"[]", b'"text"', b"1"])
def test_a_body_that_is_no_object_is_422(sqlite_portal: Portal, content: bytes) -> None:
    assert sqlite_portal.send("POST", "/apis", content=content, headers=JSON).status_code == 422
    assert sqlite_portal.send("PATCH", "/apis/x", content=content, headers=JSON).status_code in {404, 422}


def test_every_error_in_a_body_is_returned(sqlite_portal: Portal) -> None:
    body = {
        "name": "a b",
        "type": "friend",
        "owner": "o",
        "blocked": ["ana@acme.example", "bo"],
        "colour/~": "red",
        "managedBy": "a\0",
    }
    refusal = sqlite_portal.post("/partners", body)

    problem = refusal.json()
    pointers = {error["pointer"] for error in problem.pop("errors")}
    assert pointers == {"/name", "/type", "/displayName", "/blocked/1", "/colour~1~0", "/managedBy"}
    assert problem == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "The request is not valid.",
    }


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("blocked", ["ana@acme.example", "ANA@acme.example"], "/blocked"),
        ("blocked", ["ana@-.example"], "/blocked/0"),
        ("blocked", ["a;b@acme.example"], "/blocked/0"),
        ("domains", ["acme.example", "\u2603\ufe0f..example"], "/domains/1"),
    ],
)
def test_invalid_addresses_are_errors(
    sqlite_portal: Portal, field: str, value: list[str], pointer: str
) -> None:
    body = {"name": "a", "type": "reseller", "displayName": "A", "owner": "o", field: value}
    refusal = sqlite_portal.post("/partners", body)

    assert refusal.status_code == 422
    assert [error["pointer"] for error in refusal.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "until", ["2026-02-30", "20260101", "2026-1-1", "tomorrow", 1, "2026-01-01T00:00:00Z"]
)
def test_a_day_that_is_none_is_422(sqlite_portal: Portal, until: object) -> None:
    body = {"teamId": "team_0", "email": "a@b.example", "role": "member", "until": until}
    assert [error["pointer"] for error in sqlite_portal.post("/members", body).json()["errors"]] == ["/until"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/grants", {"groupId": "grp_0"}),
        ("/grants", {"groupId": "grp_0", "teamId": "team_0", "email": "a@b.example"}),
        ("/access-items", {"groupId": "grp_0", "apiId": None}),
        ("/access-items", {"groupId": "grp_0", "apiId": "api_0", "productId": "prod_0"}),
    ],
)
def test_both_and_neither_of_two_are_422(sqlite_portal: Portal, path: str, body: dict[str, str]) -> None:
    assert "exactly one" in sqlite_portal.post(path, body).json()["errors"][0]["detail"]


def test_another_content_type_is_415(sqlite_portal: Portal) -> None:
    api = b'{"name": "a", "displayName": "A", "owner": "o"}'

    for kind in ("text/plain", "application/merge-patch+json", ""):
        refusal = sqlite_portal.send("POST", "/apis", content=api, headers={"Content-Type": kind})
        assert refusal.status_code == 415
    given = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert sqlite_portal.send("POST", "/apis", content=api, headers=given).status_code == 201


def test_a_body_that_is_too_large_is_413(sqlite_portal: Portal) -> None:
    for size, status in ((16 * 1024 * 1024, 422), (16 * 1024 * 1024 + 1, 413)):
        content = b'{"name": "' + b"a" * (size - 12) + b'"}'
        assert len(content) == size
        assert sqlite_portal.send("POST", "/apis", content=content, headers=JSON).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/people/a%2Fb@acme.example/access", 422),
        ("/people/ANA%40acme.example/access", 200),
        ("/people/ana/access", 422),
        ("/people/%00@acme.example/access", 404),
        ("/people/%ff@acme.example/access", 200),
        ("/people/ana@acme.example/access?on=2026-02-30", 422),
        ("/people/ana@acme.example/access?when=now", 422),
        ("/partners/%00", 404),
        ("/partners/a%2Fb", 404),
        ("/partners/", 404),
        ("/partners?", 200),
        ("/portal?verbose=1", 422),
        ("/audit?object=%00", 422),
    ],
)
def test_odd_paths_and_queries_get_a_proper_answer(portal: Portal, path: str, status: int) -> None:
    assert portal.get(path).status_code == status
