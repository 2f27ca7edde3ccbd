import pytest

from reconciler.portal_server import Operator
from tests.portal_server.driver import Portal


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer wrong", "Bearer \u00e9\u00e9"]
)
def test_without_a_good_token_nothing_opens(portal: Portal, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    refusal = portal.send("GET", "/portal", token=None, headers=headers)

    assert refusal.status_code == 401
    assert refusal.headers["www-authenticate"].startswith("Bearer")
    assert "wrong" not in refusal.text


def test_a_bad_token_is_refused_before_its_body_is_looked_at(portal: Portal) -> None:
    refusal = portal.send(
        "POST", "/partners", token="wrong", content=b"{", headers={"Content-Type": "text/x"}
    )

    assert refusal.status_code == 401


def test_a_token_is_shown_once_and_stored_as_a_hash(sqlite_portal: Portal) -> None:
    made = sqlite_portal.made("/tokens", name="pipeline", scope="read")
    secret = made.pop("token")

    assert sqlite_portal.get(f"/tokens/{made['id']}").json() == made
    assert secret not in sqlite_portal.get("/audit").text
    with sqlite_portal.app.state.database.reading() as connection:
        dump = "\n".join(connection.connection.iterdump())
    assert "pipeline" in dump
    assert secret not in dump


def test_a_deleted_token_opens_nothing(portal: Portal) -> None:
    made = portal.made("/tokens", name="pipeline", scope="admin")
    assert portal.get("/me", token=made["token"]).json() == {
        "id": made["id"],
        "name": "pipeline",
        "scope": "admin",
        "teamId": None,
    }

    portal.delete(f"/tokens/{made['id']}")
    assert portal.get("/me", token=made["token"]).status_code == 401


def test_the_token_of_a_deleted_team_opens_nothing(portal: Portal) -> None:
    team = portal.team()
    token = portal.token("team", team)
    assert portal.get("/me", token=token).json()["teamId"] == team["id"]

    portal.delete(f"/teams/{team['id']}")
    assert portal.get("/me", token=token).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"name": "t", "scope": "team"},
        {"name": "t", "scope": "read", "teamId": "team_1"},
        {"name": "t", "scope": "root"},
        {"name": "", "scope": "read"},
    ],
)
def test_a_scope_without_its_team_is_no_token(portal: Portal, body: dict[str, str]) -> None:
    assert portal.post("/tokens", body).status_code == 422


def test_an_operator_may_do_everything_with_one_application_only(database: str) -> None:
    with Portal(database, operator=Operator("the command line", "secret")) as mine, Portal(database) as other:
        tokens = mine.get("/tokens").json()["total"]
        body = {"name": "tracking", "displayName": "Tracking", "owner": "o"}
        made = mine.post("/apis", body, token="secret").json()

        [entry] = mine.items("/audit", params={"object": made["id"]})
        assert (entry["token"], entry["tokenId"]) == ("the command line", None)
        assert mine.get("/me", token="secret").json()["id"] is None
        assert mine.get("/tokens", token="secret").json()["total"] == tokens
        assert mine.get("/me", token="other").status_code == 401
        assert other.get("/me", token="secret").status_code == 401
