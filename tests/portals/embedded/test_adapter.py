import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.responses import JSONResponse

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError
from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.resource import OfferedApi, Resource
from reconciler.model.write_result import WriteResult
from reconciler.portal_server import RateLimit, issue_token
from reconciler.portals.embedded import LIMITS
from reconciler.portals.embedded.schemas import LARGE_PAGE_SIZE
from reconciler.testing.harness import ALL
from tests.portals.embedded.running import (
    ACME,
    ANA,
    APIS,
    GROUP,
    ONE_OF_EACH,
    SUITE,
    TEAM,
    NotAppliedError,
    Running,
    applied,
    change,
    create,
    delete,
    fields,
    running,
    update,
)

ANA_ID = "membership/acme/integration/ana@acme.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        yield portal


def test_a_new_portal_holds_its_apis_and_nothing_else(here: Running) -> None:
    live = here.read()

    assert (live.portal_id, live.resources, live.problem) == (here.ask("GET", "/portal")["id"], {}, "")
    assert live.apis == {name: OfferedApi(name, "restricted", "logistics", name.title()) for name in APIS}


def test_a_page_of_the_largest_groups_is_not_too_large(here: Running) -> None:
    wide = "\N{GRINNING FACE}"
    texts = dict.fromkeys(("displayName", "owner", "managedBy"), wide * 255)
    largest = here.ask("POST", "/access-groups", {"name": "n" * 128, "description": wide * 4000, **texts})

    assert len(msgspec.json.encode(largest)) * LARGE_PAGE_SIZE < LIMITS.response_bytes

    page = {"items": [{**largest, "description": "x" * 33 * 1024**2}], "total": 1, "next": None}
    here.answer_instead("/access-groups", 200, page)
    assert here.read().complete


def test_what_is_created_is_read_as_it_was_asked_for(here: Running) -> None:
    live = here.write(*ONE_OF_EACH)

    assert live.complete
    assert {resource.id: (resource.fields, resource.owner_label) for resource in live.resources.values()} == {
        made.id: (made.after, "our-company" if made in (ACME, TEAM, SUITE, GROUP) else None)
        for made in ONE_OF_EACH
    }


def test_every_field_that_has_a_value_comes_back_and_lists_are_sorted(here: Running) -> None:
    asked = [
        create(
            "partner/acme",
            domains=["b.example", "a.example"],
            agreement="MSA-1",
            blocked=["z@a.example", "b@a.example"],
        ),
        TEAM,
        create(ANA_ID, role="admin", until="2027-01-31"),
        create("api-product/shipping-suite", description="Rates and labels"),
        create("access-group/logistics", description="Tracking"),
        create("grant/logistics/team/acme/integration", until="2027-01-31", reason="pilot"),
    ]

    here.write(*asked)

    wanted = {made.id: made.after for made in asked}
    assert fields(here) == wanted | {
        "partner/acme": {
            **(asked[0].after or {}),
            "domains": ["a.example", "b.example"],
            "blocked": ["b@a.example", "z@a.example"],
        }
    }


def test_what_is_created_bears_the_mark(here: Running) -> None:
    live = here.write(ACME, owner_label="elsewhere")

    assert live.resources["partner/acme"].owner_label == "elsewhere"


def test_a_membership_says_its_state(here: Running) -> None:
    here.ask("POST", "/people", {"email": "bo@acme.example"})
    live = here.write(ACME, TEAM, ANA, create("membership/acme/integration/bo@acme.example"))

    assert {r.id: (r.state, r.invited_at) for r in live.resources.values() if r.kind == "membership"} == {
        ANA_ID: ("invited", "2026-11-24T04:30:00Z"),
        "membership/acme/integration/bo@acme.example": ("active", None),
    }


def test_ids_hold_the_one_spelling_of_an_address(here: Running) -> None:
    live = here.write(ACME, TEAM, create("membership/acme/integration/ana@xn--bcher-kva.example"))

    assert "membership/acme/integration/ana@xn--bcher-kva.example" in live.resources


def test_an_address_that_no_file_could_name_is_still_taken_out(here: Running) -> None:
    here.write(ACME, TEAM)
    team = here.the("/teams")["id"]
    here.ask("POST", "/members", {"teamId": team, "email": "ab@acme.example", "role": "member"})
    # The portal took such addresses once.
    with closing(sqlite3.connect(here.database)) as database, database:
        database.execute("UPDATE members SET email = 'a/b@acme.example'")

    live = here.write(*delete("membership/acme/integration/a%2Fb@acme.example"))

    assert set(live.resources) == {"partner/acme", "team/acme/integration"}


def test_an_update_changes_only_what_differs(here: Running) -> None:
    here.write(ACME)

    here.write(
        update(
            "partner/acme",
            {"owner": "partnerships", "status": "active"},
            {"owner": "sales", "status": "active", "domains": ["acme.example"]},
        )
    )

    assert fields(here) == {
        "partner/acme": {**(ACME.after or {}), "owner": "sales", "domains": ["acme.example"]}
    }


def test_an_update_takes_away_what_has_no_value_any_more(here: Running) -> None:
    full: dict[str, Any] = {"domains": ["a.example"], "agreement": "MSA-1", "blocked": ["a@a.example"]}
    granted: dict[str, Any] = {"until": "2027-01-31", "reason": "pilot"}
    described: dict[str, Any] = {"description": "Tracking"}
    here.write(
        create("partner/acme", **full),
        create("access-group/logistics", **described),
        create("grant/logistics/developer/sam@indie.example", **granted),
    )

    here.write(
        update("partner/acme", full, {}),
        update("access-group/logistics", described, {}),
        update("grant/logistics/developer/sam@indie.example", granted, {}),
    )

    assert fields(here) == {
        "partner/acme": ACME.after,
        "access-group/logistics": GROUP.after,
        "grant/logistics/developer/sam@indie.example": {"level": "consume"},
    }


def test_what_is_created_can_be_changed_and_deleted_in_the_same_run(here: Running) -> None:
    live = here.write(
        *ONE_OF_EACH,
        update("team/acme/integration", {"delegated": True}, {"delegated": False}),
        update("team/acme/integration", {"delegated": False}, {"delegated": True}),
        *delete(*(made.id for made in reversed(ONE_OF_EACH))),
    )

    assert live.resources == {}


def test_adopting_marks_and_changes_nothing_else(here: Running) -> None:
    here.write(ACME, owner_label="elsewhere")

    live = here.write(change("partner/acme", "adopt", before=ACME.after, after=ACME.after))

    assert live.resources["partner/acme"] == Resource("partner/acme", ACME.after or {}, "our-company")


def test_an_expired_invitation_is_sent_again_and_mails_once(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    here.clock.pass_days(8)
    assert here.read().resources[ANA_ID].state == "expired"

    live = here.write(create(ANA_ID, precondition="sha256:1", role="admin"))

    assert (live.resources[ANA_ID].state, live.resources[ANA_ID].fields) == ("invited", {"role": "admin"})
    assert len(here.ask("GET", "/mailbox")["items"]) == 2


def test_an_expired_invitation_is_sent_again_for_what_is_wanted_now(here: Running) -> None:
    here.write(ACME, TEAM, create(ANA_ID, role="member", until="2027-01-31"))
    here.clock.pass_days(8)

    live = here.write(
        create(ANA_ID, precondition="sha256:1", role="admin"),
        update(ANA_ID, {"role": "admin"}, {"role": "admin", "until": "2027-02-28"}),
    )

    assert live.resources[ANA_ID].fields == {"role": "admin", "until": "2027-02-28"}


def test_a_membership_that_was_changed_and_not_invited_again_is_no_failure(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    here.clock.pass_days(8)
    here.answer_instead(f"/members/{here.the('/members')['id']}/invitation", 409, {})

    with pytest.raises(NotAppliedError) as raised:
        requests(here, create(ANA_ID, precondition="sha256:1", role="member"))

    assert raised.value.result.message == (
        "it was changed, but the invitation was not sent again: "
        'portal "local" rejected the request (409): Conflict'
    )
    assert fields(here)[ANA_ID] == {"role": "member"}


def test_an_invitation_to_what_was_changed_in_between_is_not_sent_again(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    here.clock.pass_days(8)
    meanwhile = ("PATCH", f"/members/{here.the('/members')['id']}", {"role": "member"})

    with pytest.raises(NotAppliedError, match="the object has changed since it was read"):
        here.write(create(ANA_ID, precondition="sha256:1", role="admin"), meanwhile=meanwhile)

    assert len(here.ask("GET", "/mailbox")["items"]) == 1


def test_an_invitation_is_not_sent_again_before_its_time(here: Running) -> None:
    here.write(ACME, TEAM, ANA)

    with pytest.raises(NotAppliedError) as raised:
        here.write(create(ANA_ID, precondition="sha256:1", role="admin"))

    assert raised.value.result.message == (
        'portal "local" rejected the request (409): Only an expired invitation can be sent again.'
    )
    assert len(here.ask("GET", "/mailbox")["items"]) == 1


def test_a_write_to_what_was_changed_in_between_is_refused(here: Running) -> None:
    here.write(ACME)
    meanwhile = ("PATCH", f"/partners/{here.the('/partners')['id']}", {"owner": "sales"})

    with pytest.raises(NotAppliedError) as raised:
        here.write(update("partner/acme", {}, {"agreement": "B"}), meanwhile=meanwhile)

    assert raised.value.result.message == 'portal "local": the object has changed since it was read'
    assert fields(here)["partner/acme"] == {**(ACME.after or {}), "owner": "sales"}


@pytest.mark.parametrize(
    ("what", "after"),
    [(delete(ANA_ID)[0], None), (update(ANA_ID, {"role": "admin"}, {"role": "member"}), {"role": "member"})],
)
def test_accepting_an_invitation_in_between_stops_no_write(
    here: Running, what: Change, after: dict[str, str] | None
) -> None:
    here.write(ACME, TEAM, ANA)
    accept = here.the("/mailbox")["text"].partition("POST ")[2].partition("\n")[0]

    here.write(what, meanwhile=("POST", accept, None))

    assert fields(here).get(ANA_ID) == after


def test_a_membership_that_was_changed_in_between_is_left_alone(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    meanwhile = ("PATCH", f"/members/{here.the('/members')['id']}", {"until": "2027-01-31"})

    with pytest.raises(NotAppliedError, match="the object has changed since it was read"):
        here.write(*delete(ANA_ID), meanwhile=meanwhile)

    assert fields(here)[ANA_ID] == {"role": "admin", "until": "2027-01-31"}


def test_what_somebody_else_deleted_was_not_deleted_by_us(here: Running) -> None:
    here.write(ACME)
    meanwhile = ("DELETE", f"/partners/{here.the('/partners')['id']}", None)

    with pytest.raises(NotAppliedError) as raised:
        here.write(*delete("partner/acme"), meanwhile=meanwhile)

    assert raised.value.result.outcome == "failed"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (ACME, 'portal "local" rejected the request (409): '),
        (create("partner/Not valid"), 'portal "local" rejected the request (422): '),
        (create("team/nobody/x"), "partner/nobody is not in the portal"),
        (create("access-item/nothing/api/tracking-v2"), "access-group/nothing is not in the portal"),
        (delete("partner/nobody")[0], "partner/nobody is not in the portal"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(here: Running, what: Change, message: str) -> None:
    here.write(ACME)

    with pytest.raises(NotAppliedError) as raised:
        here.write(what)

    assert raised.value.result.message.startswith(message)


def test_a_parent_that_has_children_is_not_deleted(here: Running) -> None:
    here.write(ACME, TEAM)

    with pytest.raises(NotAppliedError) as raised:
        here.write(*delete("partner/acme"))

    assert raised.value.result.outcome == "failed"


def test_a_token_that_sees_a_part_is_refused_before_the_part_is_taken_for_the_whole(here: Running) -> None:
    here.write(*ONE_OF_EACH)
    token = issue_token(here.database, name="Ana", scope="team", team=("acme", "integration"))

    with pytest.raises(PortalError) as raised:
        here.read(token)

    assert (raised.value.message, raised.value.hint) == (
        'the token "Ana" sees only one team of the portal',
        "use a token of scope admin; to plan, scope read is enough",
    )


def test_a_token_that_only_reads_reads_everything_and_writes_nothing(here: Running) -> None:
    here.write(*ONE_OF_EACH)
    token = issue_token(here.database, name="planner", scope="read")

    assert here.read(token) == here.read()
    with pytest.raises(NotAppliedError) as raised:
        here.with_portal(lambda portal: applied(portal, create("partner/bolt")), token)
    assert raised.value.result == WriteResult(
        "failed",
        'portal "local" rejected the request (403): A token with the scope read is not allowed to do this.',
    )


def test_a_wrong_token_is_refused(here: Running) -> None:
    with pytest.raises(ApiError) as raised:
        here.read("rpt_wrong")

    assert (raised.value.message, raised.value.hint) == (
        'portal "local" does not accept the token: The bearer token is not valid.',
        "check the token from the token made for this run",
    )


@pytest.mark.no_cover  # it runs the same lines again and again
def test_more_than_a_page_is_read_from_a_portal_that_does_not_say_how_large_pages_may_be(
    here: Running,
) -> None:
    here.answer_instead("/portal", 200, {"id": "portal-1"})
    many = [create(f"grant/logistics/developer/p{number}@indie.example") for number in range(1005)]
    here.write(GROUP, *many)
    seen: list[tuple[str, int, int | None]] = []

    live = here.with_portal(lambda portal: portal.read(ALL, lambda *counted: seen.append(counted)))

    assert len(live.resources) == 1006
    assert [entry for entry in seen if entry[0] == "grants"] == [
        ("grants", 1000, 1005),
        ("grants", 1005, 1005),
    ]


@pytest.mark.parametrize(("most", "pages"), [(2, [2, 4, 5]), (3, [3, 5]), (5_000, [5]), (10**9, [5])])
def test_pages_are_as_large_as_the_portal_and_the_adapter_allow(
    here: Running, most: int, pages: list[int]
) -> None:
    here.write(GROUP, *(create(f"grant/logistics/developer/p{number}@indie.example") for number in range(5)))
    here.answer_instead("/portal", 200, {"id": "portal-1", "maxLimit": most})
    seen: list[tuple[str, int, int | None]] = []

    here.with_portal(lambda portal: portal.read(ALL, lambda *counted: seen.append(counted)))

    assert [entry for entry in seen if entry[0] == "grants"] == [("grants", page, 5) for page in pages]


def test_a_portal_that_allows_no_objects_on_a_page_is_refused(here: Running) -> None:
    here.answer_instead("/portal", 200, {"id": "portal-1", "maxLimit": 0})

    with pytest.raises(PortalError, match=r"Expected `int` >= 1 - at `[$].maxLimit`"):
        here.read()


def test_a_read_reports_the_portals_own_ids_and_entity_tags(here: Running) -> None:
    here.write(*ONE_OF_EACH)
    team = here.the("/teams")

    found = here.with_portal(lambda portal: portal.read(ALL, lambda *_: None))

    assert found.native.keys() == found.resources.keys()
    assert (found.native[TEAM.id].id, found.native[TEAM.id].version) == (team["id"], team["etag"])
    assert (found.proof, found.problem) == (
        "the token sees everything, each list is as long as its total, each object has its parents",
        "",
    )


def test_an_object_without_its_parent_makes_the_read_incomplete(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    here.answer_instead("/teams", 200, {"items": [], "total": 0, "next": None})

    live = here.read()

    assert (
        live.problem == "the portal changed while it was read: objects without a parent, or listed twice: 1"
    )
    assert set(live.resources) == {"partner/acme"}


def test_a_list_that_cannot_be_read_makes_the_read_incomplete(here: Running) -> None:
    here.write(ACME)
    here.answer_instead("/grants", 404, {})

    live = here.read()

    assert live.problem == 'grants: portal "local" rejected the request (404): Not Found'
    assert set(live.resources) == {"partner/acme"}


def test_a_name_that_would_be_read_as_two_is_encoded(here: Running) -> None:
    api = {
        "id": "api_1",
        "etag": '"1"',
        "name": "a/b",
        "displayName": "A",
        "owner": "o",
        "visibility": "public",
    }
    here.answer_instead("/apis", 200, {"items": [api], "total": 1, "next": None})

    live = here.read()

    assert (live.problem, list(live.apis)) == ("", ["a%2Fb"])


def garbled(here: Running, bodies: int, then: int = 0) -> list[str]:
    """Cut so many bodies of answers to writes; give a status instead of those after, where one is given."""
    true_application, asked = here.application, list[str]()

    async def lying(scope: Any, receive: Any, send: Any) -> None:
        async def cut(message: Any) -> None:
            await send(
                {**message, "body": message["body"][:9]} if "body" in message else _unmeasured(message)
            )

        if scope["method"] == "GET":
            await true_application(scope, receive, send)
            return
        asked.append(scope["method"])
        if len(asked) <= bodies:
            await true_application(scope, receive, cut)
        elif then:
            await JSONResponse({}, then)(scope, receive, send)
        else:
            await true_application(scope, receive, send)

    here.application = lying
    return asked


def _unmeasured(start: Any) -> Any:
    return {**start, "headers": [pair for pair in start["headers"] if pair[0] != b"content-length"]}


def requests(here: Running, *changes: Change) -> list[int]:
    async def act(portal: Portal) -> list[int]:
        await portal.read(ALL, lambda *_: None)
        return [await applied(portal, each) for each in changes]

    return here.with_portal(act)


def test_an_answer_to_a_creation_that_cannot_be_read_is_asked_for_again(here: Running) -> None:
    here.write(ACME, TEAM)
    asked = garbled(here, 2)

    assert (requests(here, ANA), asked) == ([3], ["POST"] * 3)
    assert (here.the("/members")["role"], here.the("/mailbox")["to"]) == ("admin", "ana@acme.example")


def test_an_answer_to_a_creation_that_can_never_be_read_leaves_it_uncertain(here: Running) -> None:
    asked = garbled(here, 9)
    with pytest.raises(NotAppliedError) as raised:
        requests(here, ACME)

    result = raised.value.result
    assert result.message.startswith('portal "local": outcome unknown: unexpected response: ')
    assert (result.outcome, result.requests, asked) == ("unknown", 3, ["POST"] * 3)
    assert here.the("/partners")["name"] == "acme"


@pytest.mark.parametrize("status", [401, 409, 429])
def test_what_was_answered_unreadably_is_not_called_refused(here: Running, status: int) -> None:
    garbled(here, 1, then=status)

    with pytest.raises(NotAppliedError) as raised:
        requests(here, ACME)

    result = raised.value.result
    assert (result.outcome, result.requests) == ("unknown", 6 if status == 429 else 2)
    assert here.the("/partners")["name"] == "acme"


def test_an_invitation_that_is_sent_again_and_answered_unreadably_mails_once(here: Running) -> None:
    here.write(ACME, TEAM, ANA)
    here.clock.pass_days(8)
    garbled(here, 1)

    assert requests(here, create(ANA_ID, precondition="sha256:1", role="admin")) == [2]
    assert len(here.ask("GET", "/mailbox")["items"]) == 2


def test_a_portal_that_limits_its_requests_is_not_waited_for_an_hour(tmp_path: Path) -> None:
    with (
        running(tmp_path, rate_limit=RateLimit(requests=1, seconds=3600)) as limited,
        pytest.raises(ApiError) as raised,
    ):
        limited.read()

    assert raised.value.message == 'portal "local" rejected the request (429): Too many requests.'


def test_it_holds_all_that_the_reconciler_knows(here: Running) -> None:
    async def act(portal: Portal) -> dict[str, object]:
        return msgspec.structs.asdict(portal.capabilities)

    capabilities = here.with_portal(act)

    assert [name for name, value in capabilities.items() if not value] == [
        "keys_outlive_grants",
        "case_insensitive_names",
        "limits",
    ]
