"""What writes do in a portal, and what they leave alone."""

from collections.abc import Callable

import pytest

from reconciler.http.errors import ApiError
from reconciler.http.request import Tally
from reconciler.model.plan import Action, Change
from reconciler.model.resource import Resource
from reconciler.model.write_result import WriteResult
from reconciler.portals.konnect.adapter import KonnectAdapter
from reconciler.testing.harness import ALL, SCOPE, asking, plan, planned, quiet, reach, read, run, write_alone
from tests.portals.konnect.ground import KonnectUnderTest
from tests.portals.konnect.opening import opened
from tests.servers.konnect import KonnectState
from tests.servers.konnect.state import ConflictError

OPS = Resource("team/acme/ops", {}, SCOPE)
DEV = Resource("team/acme/dev", {}, SCOPE)
ANA = Resource("membership/acme/ops/ana@acme.example", {})
BO = Resource("membership/acme/ops/bo@acme.example", {})
VIEW = Resource("api-grant/rates/team/acme/ops", {"level": "view"})
CONSUME = Resource(VIEW.id, {"level": "consume"})
ALL_APIS = "the team has a role for all APIs, which can only be removed in Konnect"
# Kong's document has only ids there, but its console can choose all APIs.
ALL_APIS_ROLE = r"^GET .*/assigned-roles → 200: .*'entity_(id|region)'\]: \"\*\" is not"


@pytest.fixture
def ground() -> KonnectUnderTest:
    return KonnectUnderTest()


def written(
    ground: KonnectUnderTest, *wanted: Resource, late: Callable[[KonnectState], object] = id
) -> list[WriteResult]:
    """Write the changes to a state one by one; another user acts before, after all was read."""

    async def act() -> list[WriteResult]:
        async with ground.open() as portal:
            changes = plan(asking(*wanted), (await portal.read(ALL, quiet)).live).changes
            late(ground.server.state)
            return [await write_alone(portal, change) for change in changes]

    return run(act())


def test_a_new_person_is_approved_and_gets_one_mail(ground: KonnectUnderTest) -> None:
    other = Resource("membership/acme/dev/ana@acme.example", {})
    run(reach(ground, asking(OPS, DEV, ANA, other)))
    [developer] = ground.server.state.developers.values()

    assert (developer["email"], developer["status"]) == ("ana@acme.example", "approved")
    assert ground.server.state.mails == ["ana@acme.example"]


@pytest.mark.parametrize(
    ("status", "state"),
    [("approved", "active"), ("pending", "invited"), ("revoked", "declined"), ("rejected", "declined")],
)
def test_the_status_of_a_developer_is_shown_and_never_changed(
    ground: KonnectUnderTest, status: str, state: str
) -> None:
    developer = ground.server.state.add_developer("Ana@Acme.example", status)
    run(reach(ground, asking(OPS, ANA)))
    held = run(read(ground)).resources[ANA.id]
    run(reach(ground, asking(OPS)))

    assert (held.state, ground.server.state.mails) == (state, [])
    assert ground.server.state.developers[developer]["status"] == status
    assert run(planned(ground, asking(OPS))).changes == ()


def test_a_person_who_registers_in_between_is_added(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))
    [result] = written(ground, OPS, ANA, late=lambda state: state.add_developer("ana@acme.example"))

    assert (result.outcome, ground.server.state.mails) == ("applied", [])
    assert list(run(read(ground)).resources) == [OPS.id, ANA.id]


def test_members_and_roles_of_others_survive(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS, ANA)))
    state = ground.server.state
    team, rivals = state.team("acme.ops"), list[str]()

    def rival() -> None:
        """Add a member and a role before each write."""
        rivals.append(state.add_developer(f"rival{len(rivals)}@acme.example"))
        state.add_member(team, rivals[-1])
        if not state.roles[team]:
            state.assign(team, "API Viewer", state.api("tracking"))

    ground.server.before_write = rival
    results = written(ground, OPS, BO, VIEW)

    assert ({each.outcome for each in results}, len(rivals)) == ({"applied"}, 4)
    assert {*state.members[team]} == {state.developer("bo@acme.example"), *rivals}
    assert sorted(state.apis[role["entity_id"]]["slug"] for role in state.roles[team].values()) == [
        "rates",
        "tracking",
    ]


def test_a_change_that_finds_another_level_is_refused(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS, VIEW)))

    def raised(state: KonnectState) -> None:
        state.assign(state.team("acme.ops"), "API Consumer", state.api("rates"))

    [result] = written(ground, OPS, late=raised)

    assert (result.outcome, result.message) == ("failed", f"{VIEW.id} has changed since it was read")
    assert run(read(ground)).resources[VIEW.id].fields == {"level": "consume"}


@pytest.mark.parametrize(("old", "new"), [(VIEW, CONSUME), (CONSUME, VIEW)])
def test_a_level_is_changed_without_a_moment_without_access(
    ground: KonnectUnderTest, old: Resource, new: Resource
) -> None:
    run(reach(ground, asking(OPS, ANA, old)))
    seen: list[dict[str, str]] = []
    ground.server.before_write = lambda: seen.append(ground.server.state.granted("ana@acme.example"))
    written(ground, OPS, ANA, new)

    assert [each.keys() for each in seen] == [{"rates"}, {"rates"}]
    assert ground.server.state.granted("ana@acme.example") == {"rates": new.fields["level"]}


def test_an_api_that_is_not_published_is_named(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))
    del ground.server.state.publications[ground.server.state.api("rates")]
    [result] = written(ground, OPS, VIEW)

    assert (result.outcome, result.message) == (
        "failed",
        f'{VIEW.id}: no API with the slug "rates" is published in the portal',
    )


def test_a_role_for_all_apis_can_only_be_removed_in_konnect(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))
    ground.server.expected = {ALL_APIS_ROLE}
    ground.server.state.assign(ground.server.state.team("acme.ops"), "API Viewer", "*", "*")
    results = written(ground, OPS)

    assert [(each.outcome, each.message) for each in results] == [
        (
            "failed",
            f"api-grant/{api}/team/acme/ops cannot be deleted: {ALL_APIS}",
        )
        for api in ("rates", "tracking")
    ]


def test_a_level_of_a_role_for_all_apis_cannot_be_lowered(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))
    ground.server.expected = {ALL_APIS_ROLE}
    ground.server.state.assign(ground.server.state.team("acme.ops"), "API Consumer", "*", "*")
    other = Resource("api-grant/tracking/team/acme/ops", {"level": "consume"})
    [result] = written(ground, OPS, VIEW, other)

    assert (result.outcome, result.message) == ("failed", f"{VIEW.id} cannot be lowered: {ALL_APIS}")


@pytest.mark.parametrize(("action", "level"), [("delete", None), ("update", "view")])
def test_the_hint_says_what_to_do_in_konnect(
    ground: KonnectUnderTest, action: Action, level: str | None
) -> None:
    run(reach(ground, asking(OPS)))
    ground.server.expected = {ALL_APIS_ROLE}
    ground.server.state.assign(ground.server.state.team("acme.ops"), "API Consumer", "*", "*")
    after = {"level": level} if level else None
    change = Change(id=VIEW.id, kind="api-grant", action=action, before=CONSUME.fields, after=after)

    async def send() -> None:
        async with opened(ground.server) as portal:
            assert isinstance(portal, KonnectAdapter)
            await portal.read(ALL, quiet)
            await portal.current(change)
            await portal.send(change, SCOPE, Tally())

    with pytest.raises(ApiError) as caught:
        run(send())
    assert caught.value.hint == "remove the team's role for all APIs in Konnect"


def test_a_level_is_raised_beside_a_role_for_all_apis(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS, ANA)))
    ground.server.expected = {ALL_APIS_ROLE}
    state = ground.server.state
    everything = state.assign(state.team("acme.ops"), "API Viewer", "*", "*")
    other = Resource("api-grant/tracking/team/acme/ops", {"level": "view"})
    results = written(ground, OPS, ANA, CONSUME, other)

    assert [each.outcome for each in results] == ["applied"]
    assert everything["id"] in state.roles[state.team("acme.ops")]
    assert state.granted("ana@acme.example") == {"rates": "consume"}


def test_a_second_team_of_a_lost_response_is_deleted_by_the_next_plan(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS, ANA)))
    state = ground.server.state
    second = state.add_team("acme.ops", f"Managed by Reconciler for {SCOPE}")
    made = run(planned(ground, asking(OPS, ANA)))

    assert [(each.action, each.id) for each in made.changes] == [("delete", f"team/acme/ops ({second})")]

    run(reach(ground, asking(OPS, ANA)))

    assert [team["name"] for team in state.teams.values()] == ["acme.ops"]
    assert len(state.members[state.team("acme.ops")]) == 1


def test_a_team_keeps_its_text_and_settings(ground: KonnectUnderTest) -> None:
    state = ground.server.state
    team = state.add_team("acme.ops", "Operations", can_own_applications=True)
    held = run(read(ground)).resources[OPS.id]
    adoption = Change(id=OPS.id, kind="team", action="adopt", before={}, after={})

    async def adopt() -> WriteResult:
        async with ground.open() as portal:
            await portal.read(ALL, quiet)
            return await write_alone(portal, adoption)

    result = run(adopt())

    assert (held.owner_label, result.outcome) == (None, "applied")
    assert state.teams[team]["description"] == f"Operations\nManaged by Reconciler for {SCOPE}"
    assert state.teams[team]["can_own_applications"] is True


def test_a_team_that_another_user_deleted_is_refused(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))
    [result] = written(ground, late=lambda state: state.remove_team(state.team("acme.ops")))

    assert (result.outcome, result.message) == ("failed", f"{OPS.id} has changed since it was read")


def test_a_team_that_still_has_roles_is_not_deleted(ground: KonnectUnderTest) -> None:
    run(reach(ground, asking(OPS)))

    def assigned(state: KonnectState) -> None:
        state.assign(state.team("acme.ops"), "API Viewer", state.api("rates"))

    [result] = written(ground, late=assigned)

    assert (result.outcome, result.message) == ("failed", f"{OPS.id} cannot be deleted: it has roles")


@pytest.mark.parametrize("wanted", [[OPS], [OPS, ANA]])
def test_a_write_that_konnect_refuses_is_reported(ground: KonnectUnderTest, wanted: list[Resource]) -> None:
    run(reach(ground, asking(OPS, BO) if ANA in wanted else asking(OPS, ANA, BO)))

    def busy() -> None:
        raise ConflictError("busy")

    ground.server.before_write = busy
    ground.server.expected = {"^DELETE .* → 409: the status is not described$"}
    results = written(ground, *wanted)

    assert {each.outcome for each in results} == {"failed"}
    assert all(each.message.endswith("rejected the request (409): busy") for each in results)


def test_nothing_is_written_before_a_read(ground: KonnectUnderTest) -> None:
    async def act() -> WriteResult:
        async with ground.open() as portal:
            return await write_alone(portal, Change(id=OPS.id, kind="team", action="create", after={}))

    assert run(act()).message == f"{OPS.id} cannot be written before the portal was read"
