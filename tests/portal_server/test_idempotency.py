import pytest

from tests.portal_server.driver import Portal

API = {"name": "tracking", "displayName": "Tracking", "owner": "logistics"}
KEY = {"Idempotency-Key": "one"}


def test_a_repeated_request_gets_the_same_answer_and_does_nothing(portal: Portal) -> None:
    first = portal.post("/apis", API, headers=KEY)
    again = portal.post("/apis", API, headers=KEY)

    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["location"], again.headers["etag"]) == (
        first.headers["location"],
        first.headers["etag"],
    )
    assert portal.get("/apis").json()["total"] == 1
    assert len(portal.items("/audit", params={"object": first.json()["id"]})) == 1


def test_a_repeated_invitation_sends_no_second_mail(portal: Portal) -> None:
    body = {"teamId": portal.team()["id"], "email": "ana@acme.example", "role": "member"}
    first = portal.post("/members", body, headers=KEY)

    assert portal.post("/members", body, headers=KEY).content == first.content
    assert len(portal.items("/mailbox")) == 1


def test_a_key_of_another_request_is_refused(portal: Portal) -> None:
    portal.post("/apis", API, headers=KEY)

    for path, body in (("/apis", {**API, "name": "labels"}), ("/products", API)):
        assert portal.post(path, body, headers=KEY).status_code == 422
    assert portal.get("/apis").json()["total"] == 1


def test_keys_of_different_tokens_never_meet(portal: Portal) -> None:
    other = portal.token("admin")
    portal.post("/apis", API, headers=KEY)

    second = portal.post("/apis", {**API, "name": "labels"}, headers=KEY, token=other)
    assert second.status_code == 201


def test_a_refusal_is_not_kept(portal: Portal) -> None:
    taken = portal.made("/apis", **API)
    assert portal.post("/apis", API, headers=KEY).status_code == 409
    portal.delete(f"/apis/{taken['id']}")

    assert portal.post("/apis", API, headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(portal: Portal) -> None:
    portal.post("/apis", API, headers=KEY)

    portal.pass_time(hours=24, seconds=-1)
    assert portal.post("/apis", API, headers=KEY).status_code == 201
    portal.pass_time(seconds=1)
    assert portal.post("/apis", API, headers=KEY).status_code == 409


def test_a_repetition_does_not_show_a_token_again(portal: Portal) -> None:
    body = {"name": "pipeline", "scope": "read"}
    first = portal.post("/tokens", body, headers=KEY).json()
    again = portal.post("/tokens", body, headers=KEY)

    assert first.pop("token")
    assert (again.status_code, again.json()) == (201, first)


def test_an_invitation_is_accepted_once_and_answered_twice(portal: Portal) -> None:
    portal.member(portal.team(), "ana@acme.example")
    portal.member(portal.team(), "bo@acme.example")
    path, other = (f"/invitations/{portal.codes(f'{who}@acme.example')[0]}/accept" for who in ("ana", "bo"))
    first = portal.send("POST", path, token=None, headers=KEY)

    assert portal.send("POST", path, token=None, headers=KEY).content == first.content
    assert portal.send("POST", path, token=None).status_code == 404
    assert portal.send("POST", other, token=None, headers=KEY).json()["email"] == "bo@acme.example"


@pytest.mark.parametrize("key", [b"", b"k" * 256, b"\xe9", b"a\tb"])
def test_a_key_that_is_no_printable_text_is_refused(portal: Portal, key: bytes) -> None:
    assert portal.post("/apis", API, headers={"Idempotency-Key": key}).status_code == 422
