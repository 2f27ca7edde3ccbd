"""In a portal without grants to people, each of them gets a team with one member."""

import msgspec

from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.portal import Capabilities, TextLimit
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Live
from reconciler.policy import RuleContext, approvals
from reconciler.project import PortalProfile, Projection, project, project_live, without_teams_of_one
from tests.builders import group, partner, repository, team
from tests.project.test_project import lacking
from tests.states import TODAY, accepted, live, made, member, wanted

CAN = lacking("partner", developer_grants=False)
SAM = "sam-indie-example-669f1c10140f"
TEAM = f"our-company-developers/{SAM}"
FILES = group(grants=[{"developer": "sam@indie.example", "until": "2027-01-31"}])


def projection(
    *documents: Document, can: Capabilities = CAN, held: Live | None = None, today: str = TODAY
) -> Projection:
    profile = PortalProfile(can, fallbacks=Fallbacks.model_validate({"developerGrants": "team-of-one"}))
    return project(wanted(*documents, today=today), profile, held)


def held_after(found: Projection) -> Live:
    return live([accepted(each) for each in found.desired.resources.values()])


def effects(found: Projection, held: Live) -> list[tuple[str, str, str | None]]:
    return [(each.id, each.action, each.because) for each in diff(found.desired, held).changes]


def test_a_person_gets_a_team_with_the_owner_label_and_one_member() -> None:
    found = projection(FILES)
    resources = found.desired.resources

    assert found.findings == ()
    assert [each.message for each in found.notes if each.rule == "fallback"] == [
        "people with grants of their own have a team with this one member in this portal: sam@indie.example"
    ]
    assert {
        each: (held.fields, held.owner_label)
        for each, held in resources.items()
        if "team" in each or "memb" in each
    } == {
        f"team/{TEAM}": ({"displayName": "sam@indie.example", "delegated": False}, "our-company"),
        f"membership/{TEAM}/sam@indie.example": ({"role": "member"}, None),
        f"grant/tracking/team/{TEAM}": ({"level": "consume", "until": "2027-01-31"}, None),
    }


def test_several_grants_of_a_person_share_the_team() -> None:
    other = group("rates", grants=[{"developer": "sam@indie.example", "level": "view"}])
    grants = [
        each for each in projection(FILES, other).desired.resources if each.startswith(("grant/", "team/"))
    ]

    assert grants == [f"team/{TEAM}", f"grant/tracking/team/{TEAM}", f"grant/rates/team/{TEAM}"]


def test_a_portal_with_partners_gets_one_for_all_teams_of_one() -> None:
    can = lacking(developer_grants=False)
    partners = [each for each in projection(FILES, can=can).desired.resources if each.startswith("partner/")]

    assert partners == ["partner/our-company-developers"]


def test_names_stay_within_the_limit_of_the_portal_and_differ_for_similar_addresses() -> None:
    people = [f"{'long.' * 20}name@indie.example", "a.b@x.example", "a-b@x.example", "日本@例え.example"]
    can = lacking(developer_grants=False, limits={"team.name": TextLimit(30, "[a-z0-9-]")})
    grants = [{"developer": each} for each in people]
    found = projection(group(grants=grants), can=can)
    names = [each.rpartition("/")[2] for each in found.desired.resources if each.startswith("team/")]

    assert (found.findings, len({*names}), max(map(len, names))) == ((), 4, 30)


def test_the_name_of_their_partner_is_reserved() -> None:
    found = projection(FILES, partner("our-company-developers"))

    assert [(each.rule, each.message, each.line) for each in found.findings] == [
        (
            "unsupported",
            'the name "our-company-developers" is used for teams of single people in this portal',
            4,
        )
    ]


def test_a_grant_that_has_expired_is_removed_as_expired_and_its_team_has_ended() -> None:
    held = held_after(projection(FILES))
    later = projection(FILES, held=held, today="2027-02-01")

    assert effects(later, held) == [
        (f"grant/tracking/team/{TEAM}", "delete", "expired"),
        (f"membership/{TEAM}/sam@indie.example", "delete", "ended"),
        (f"team/{TEAM}", "delete", "ended"),
    ]


def test_other_members_of_a_team_of_one_are_removed() -> None:
    first = projection(FILES)
    resources = [*held_after(first).resources.values(), member("eve@indie.example", TEAM)]
    held = live(resources)

    assert effects(projection(FILES, held=held), held) == [
        (f"membership/{TEAM}/eve@indie.example", "delete", None)
    ]


def test_live_teams_of_one_are_read_as_grants_to_their_people() -> None:
    ops = partner("acme", team(members=[], access=["tracking"]))
    can = lacking(developer_grants=False)
    resources = held_after(projection(FILES, ops, can=can)).resources
    eve = member("eve@indie.example", TEAM)

    assert without_teams_of_one(resources, "our-company").keys() == {
        *(wanted(FILES, ops).resources),
        "partner/our-company-developers",
    }
    assert without_teams_of_one({**resources, eve.id: eve}, "our-company") == {**resources, eve.id: eve}


def test_the_owner_of_the_group_approves_the_grant_to_a_team_of_one() -> None:
    files = repository(FILES)
    held = project_live(live(wanted(group()).resources.values()), CAN)
    found = projection(FILES, held=held)
    changes = diff(found.desired, held).changes
    context = RuleContext(files, TODAY, found.defined, held, changes)

    assert [(each.owner, each.ids) for each in approvals(context)] == [
        (
            "logistics",
            (f"grant/tracking/team/{TEAM}", f"membership/{TEAM}/sam@indie.example", f"team/{TEAM}"),
        )
    ]


def test_without_the_fallback_the_grant_is_an_error_and_no_team_is_made() -> None:
    found = project(wanted(FILES), PortalProfile(CAN))

    assert ([each.hint for each in found.findings], list(found.desired.resources)) == (
        [
            (
                "add fallbacks: {developerGrants: team-of-one} to the portal in the configuration, or change"
                " the definition"
            )
        ],
        ["access-group/tracking"],
    )


def test_applied_teams_of_one_leave_no_changes() -> None:
    held = live()
    found = projection(FILES, held=held)
    after = made(held, diff(found.desired, held).changes, "our-company")

    assert effects(projection(FILES, held=after), after) == []
    assert msgspec.structs.replace(found.desired, ended_teams=frozenset()) == found.desired
