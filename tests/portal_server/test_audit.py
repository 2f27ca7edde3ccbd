from typing import Any

from tests.portal_server.driver import Portal


def test_every_write_adds_one_audit_entry(portal: Portal) -> None:
    token = portal.made("/tokens", name="pipeline", scope="admin")["token"]
    pipeline, administrator = (portal.get("/me", token=each).json()["id"] for each in (token, portal.admin))
    start = len(portal.items("/audit", params={"limit": 1000}))
    body = {"name": "tracking", "displayName": "Tracking", "owner": "o"}

    made = portal.post("/apis", body, token=token).json()
    portal.pass_time(seconds=5)
    changed = portal.patch(f"/apis/{made['id']}", {"owner": "p"}).json()
    portal.delete(f"/apis/{made['id']}", token=token)

    entries = portal.items("/audit", params={"limit": 1000})
    assert [without_id(entry) for entry in entries[start:]] == [
        {**entry("12:00:00", "create", made, (None, made)), "token": "pipeline", "tokenId": pipeline},
        {
            **entry("12:00:05", "update", made, (made, changed)),
            "token": "the administrator",
            "tokenId": administrator,
        },
        {**entry("12:00:05", "delete", made, (changed, None)), "token": "pipeline", "tokenId": pipeline},
    ]
    assert portal.items("/audit", params={"object": made["id"]}) == entries[start:]


def test_a_refused_write_leaves_no_entry(portal: Portal) -> None:
    portal.partner(name="acme")
    before = portal.get("/audit").json()["total"]
    again = {"name": "acme", "type": "reseller", "displayName": "A", "owner": "o"}

    assert portal.post("/partners", again).status_code == 409
    assert portal.get("/audit").json()["total"] == before


def test_invitations_are_distinguished_from_creations(portal: Portal) -> None:
    member = portal.member(portal.team(), "ana@acme.example")
    portal.pass_time(days=7)
    portal.send("POST", f"/members/{member['id']}/invitation")
    portal.answer(portal.codes("ana@acme.example")[-1], "accept")

    entries = portal.items("/audit", params={"object": member["id"]})
    own = portal.get("/me").json()["id"]
    assert [(entry["action"], entry["token"], entry["tokenId"]) for entry in entries] == [
        ("invite", "the administrator", own),
        ("invite", "the administrator", own),
        ("accept", None, None),
    ]
    assert portal.items("/audit", params={"limit": 1000})[-1]["kind"] == "person"


def entry(
    time: str, action: str, made: dict[str, Any], sides: tuple[dict[str, Any] | None, ...]
) -> dict[str, Any]:
    at = f"2026-03-01T{time}Z"
    before, after = sides
    return {
        "at": at,
        "action": action,
        "object": made["id"],
        "kind": "api",
        "before": before,
        "after": after,
        "person": None,
        "through": "token",
        "teamId": None,
        "source": None,
    }


def without_id(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "id"}
