"""What is sent to a site, and what it answers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from reconciler.http.in_process import InProcess
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from reconciler.model.write_result import WriteResult
from reconciler.testing.harness import ALL, SCOPE, asking, quiet, reach, read, run
from tests.portals.drupal.ground import DrupalUnderTest
from tests.portals.drupal.sites import PASSWORD, PERMISSIONS, WITH_GROUPS, opened

TEAM = "/jsonapi/node/team"
MEMBER = {"role": "member"}
OPS = Resource("team/acme/ops", {}, SCOPE)


def membership(name: str, role: str = "member") -> Resource:
    return Resource(f"membership/acme/ops/{name}@acme.example", {"role": role})


def create(resource: Resource) -> Change:
    return Change(id=resource.id, kind=resource.kind, action="create", after=resource.fields)


def delete(resource: Resource) -> Change:
    return Change(id=resource.id, kind=resource.kind, action="delete", before=resource.fields)


def written(ground: DrupalUnderTest, *changes: Change, **others: Any) -> Sequence[WriteResult]:
    """Write changes as one batch, after a read."""

    async def act() -> Sequence[WriteResult]:
        async with opened(ground.application, ground.changes, **others) as portal:
            await portal.read(ALL, quiet)
            ground.application.requests.clear()
            return await portal.write(changes, SCOPE)

    return asyncio.run(act())


@pytest.fixture
def ground() -> DrupalUnderTest:
    """A site with a team, and ten people with accounts."""
    found = DrupalUnderTest()
    for number in range(10):
        found.site.add_user(f"p{number}", f"p{number}@acme.example")
    run(reach(found, asking(OPS)))
    return found


def test_ten_members_of_one_team_are_one_write(ground: DrupalUnderTest) -> None:
    results = written(ground, *(create(membership(f"p{number}")) for number in range(10)))

    assert [each.outcome for each in results] == ["applied"] * 10
    [(method, path)] = ground.application.writes
    assert (method, path.rpartition("/")[2], len(ground.application.requests)) == ("POST", "field_members", 2)


def test_a_plan_without_changes_writes_nothing(ground: DrupalUnderTest) -> None:
    ground.application.requests.clear()

    assert run(reach(ground, asking(OPS))).entries == ()
    assert ground.application.writes == []


def test_one_member_that_another_user_has_added_does_not_stop_the_others(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    taken = ground.site.user("p1@acme.example").id

    async def late() -> list[str]:
        async with opened(ground.application) as portal:
            await portal.read(ALL, quiet)
            team.references["field_members"] = [taken]
            changes = [create(membership(f"p{number}")) for number in range(3)]
            return [each.outcome for each in await portal.write(changes, SCOPE)]

    assert run(late()) == ["applied", "failed", "applied"]


def test_members_that_another_user_adds_and_removes_meanwhile_are_not_lost(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    ids = {each: ground.site.user(f"p{each}@acme.example").id for each in range(10)}
    team.references["field_members"] = [ids[0], ids[1], ids[2]]
    site, application = ground.site, ground.application

    class Rival:
        """Adds p9 and removes p1 after each read of the team, before our write."""

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await application(scope, receive, send)
            if scope["method"] == "GET" and scope["path"].startswith(f"{TEAM}/"):
                stored = site.entities[team.id]
                kept = [each for each in stored.references["field_members"] if each != ids[1]]
                stored.references["field_members"] = [*dict.fromkeys([*kept, ids[9]])]

    async def act() -> list[str]:
        async with opened(Rival()) as portal:  # type: ignore[arg-type]
            await portal.read(ALL, quiet)
            changes = [create(membership("p5")), delete(membership("p2"))]
            return [each.outcome for each in await portal.write(changes, SCOPE)]

    assert run(act()) == ["applied", "applied"]
    assert {*site.entities[team.id].references["field_members"]} == {ids[0], ids[5], ids[9]}


def test_references_to_deleted_objects_are_removed_before_others_are_added(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    team.references["field_members"] = ["deleted", ground.site.user("p0@acme.example").id]

    [result] = written(ground, create(membership("p1")))

    assert (result.outcome, result.requests) == ("applied", 2)
    assert [method for method, _ in ground.application.writes] == ["DELETE", "POST"]
    assert len(ground.site.entities[team.id].references["field_members"]) == 2


def test_an_admin_who_is_a_member_as_well_becomes_a_member_and_leaves(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    ana = ground.site.user("p0@acme.example").id
    team.references |= {"field_members": [ana], "field_admins": [ana]}
    admin = membership("p0", "admin")

    run(reach(ground, asking(OPS, membership("p0"))))
    after = ground.site.entities[team.id].references
    assert (after["field_members"], after["field_admins"]) == ([ana], [])

    after |= {"field_members": [ana], "field_admins": [ana]}
    assert written(ground, delete(admin))[0].outcome == "applied"
    after = ground.site.entities[team.id].references
    assert (after["field_members"], after["field_admins"]) == ([], [])


def test_an_object_is_not_created_where_one_with_its_name_exists() -> None:
    found = DrupalUnderTest()

    async def late() -> WriteResult:
        async with opened(found.application) as portal:
            await portal.read(ALL, quiet)
            # Databases ignore case, names do not.
            found.site.add("node--team", {"title": "ACME/ops"})
            await portal.write([create(OPS)], SCOPE)
            return (await portal.write([create(OPS)], SCOPE))[0]

    assert run(late()).message == "team/acme/ops has changed since it was read"
    assert [each.attributes["title"] for each in found.site.of_type("node--team")] == ["ACME/ops", "acme/ops"]


def test_the_former_name_of_a_renamed_object_can_be_used_again(ground: DrupalUnderTest) -> None:
    renamed = Resource("team/acme/platform", {}, SCOPE)

    run(reach(ground, asking(renamed, renames={renamed.id: OPS.id})))
    run(reach(ground, asking(renamed, OPS)))

    assert {*run(read(ground)).resources} == {"team/acme/ops", "team/acme/platform"}
    assert len({each.id for each in ground.site.of_type("node--team")}) == 2


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (
            create(Resource(f"team/acme/{'x' * 300}", {}, SCOPE)),
            "(422): title: Title: may not be longer than 255 characters. (/data/attributes/title)",
            "",
        ),
        (
            create(Resource("membership/acme/ops/new@acme.example", MEMBER)),
            "(403): The 'administer users' permission is required.",
            "",
        ),
    ],
)
def test_the_message_has_what_drupal_says(
    ground: DrupalUnderTest, change: Change, message: str, hint: str
) -> None:
    ground.site.add_user("limited", "l@portal.example", PASSWORD, PERMISSIONS - {"administer users"})

    [result] = written(ground, change, user="limited")

    assert (result.outcome, result.message.partition("rejected the request ")[2]) == ("failed", message)
    assert hint == ""


def test_a_site_that_is_read_only_says_so(ground: DrupalUnderTest) -> None:
    ground.site.read_only = True

    [result] = written(ground, create(membership("p0")))

    assert "(405): JSON:API is configured to accept only read operations." in result.message
    assert ground.application.writes[0][0] == "POST"


def test_an_account_that_exists_by_now_is_used(ground: DrupalUnderTest) -> None:
    async def late() -> WriteResult:
        async with opened(ground.application) as portal:
            await portal.read(ALL, quiet)
            ground.site.add_user("New@acme.example", "New@acme.example")
            return (await portal.write([create(membership("new"))], SCOPE))[0]

    assert run(late()).outcome == "applied"
    [team] = ground.site.of_type("node--team")
    assert team.references["field_members"] == [ground.site.user("New@acme.example").id]


def test_a_person_with_two_accounts_loses_both(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    twice = [ground.site.add_user(name, name).id for name in ("ana@acme.example", "Ana@acme.example")]
    team.references["field_members"] = twice

    assert written(ground, delete(membership("ana")))[0].outcome == "applied"
    assert ground.site.entities[team.id].references["field_members"] == []


def test_a_team_with_a_grant_is_not_deleted(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    ground.site.add("node--access_group", {"title": "gold"}, {"field_teams": [team.id]})

    [result] = written(ground, delete(OPS))

    assert result.message == 'team/acme/ops cannot be deleted: "node--access_group" refers to it'
    assert team.id in ground.site.entities


def test_a_group_with_a_member_is_not_deleted_with_it() -> None:
    ground = DrupalUnderTest(WITH_GROUPS)
    run(reach(ground, asking(OPS, membership("ana"))))

    [result] = written(ground, delete(OPS))

    expected = 'team/acme/ops cannot be deleted: "group_relationship--team-group_membership" refers to it'
    assert result.message == expected
    assert len(ground.site.of_type("group_relationship--team-group_membership")) == 1


def test_a_blocked_member_makes_drupal_refuse_other_members(ground: DrupalUnderTest) -> None:
    [team] = ground.site.of_type("node--team")
    bo = ground.site.user("p9@acme.example")
    bo.attributes["status"] = False
    team.references["field_members"] = [bo.id]
    ground.site.add_user("limited", "l@portal.example", PASSWORD, PERMISSIONS - {"administer users"})

    [result] = written(ground, create(membership("p0")), user="limited")

    assert result.message.endswith(
        f"field_members.0.target_id: This entity (user: {bo.key}) cannot be referenced. "
        "(/data/attributes/field_members/0/target_id)"
    )


class Losing(httpx2.AsyncBaseTransport):
    """Delivers requests, and loses the responses to writes below a path while `loses` is set."""

    def __init__(self, ground: DrupalUnderTest, path: str) -> None:
        self._inner, self._path = InProcess(ground.application), path
        self.loses = True

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if self.loses and request.method != "GET" and request.url.path.startswith(self._path):
            raise httpx2.ReadTimeout("", request=request)
        return response


@pytest.mark.parametrize("shape", [{}, WITH_GROUPS])
@pytest.mark.parametrize("kind", ["membership", "access-group"])
def test_a_write_whose_response_was_lost_is_found_or_written_again(shape: dict[str, Any], kind: str) -> None:
    ground = DrupalUnderTest(shape)
    run(reach(ground, asking(OPS)))
    change = create(membership("ana") if kind == "membership" else Resource("access-group/gold", {}, SCOPE))
    path = "/jsonapi/node/access_group" if kind == "access-group" else "/jsonapi/"
    line = Losing(ground, path)

    async def act() -> list[str]:
        async with opened(ground.application, shape, transport=line) as portal:
            await portal.read(ALL, quiet)
            [lost] = await portal.write([change], SCOPE)
            line.loses = False
            [again] = await portal.write([change], SCOPE)
            return [lost.outcome, again.outcome, (await portal.resolve(change)).outcome]

    assert run(act()) == ["unknown", "applied", "applied"]
    assert change.id in run(read(ground)).resources


def test_without_the_right_to_filter_by_address_the_list_of_accounts_is_read(ground: DrupalUnderTest) -> None:
    class Forbidding(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if "filter[mail]" in request.url.params:
                return httpx2.Response(403, json={"errors": [{"detail": "not authorized to filter"}]})
            return await InProcess(ground.application).handle_async_request(request)

    async def late() -> WriteResult:
        async with opened(ground.application, transport=Forbidding()) as portal:
            await portal.read(ALL, quiet)
            ground.site.add_user("new@acme.example", "new@acme.example")
            return (await portal.write([create(membership("new"))], SCOPE))[0]

    assert run(late()).outcome == "applied"
