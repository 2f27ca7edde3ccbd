from reconciler.model.graph.relevant import select_relevant
from reconciler.model.plan import Change
from reconciler.model.resource import Resource

RESOURCES = {
    each: Resource(each, {})
    for each in (
        "partner/a",
        "membership/a/x/ana@a.test",
        "membership/b/y/ana@a.test",
        "membership/b/y/bo@b.test",
        "membership/c/z/cy@c.test",
        "grant/gold/team/b/y",
    )
}


def kept(*changes: str) -> list[str]:
    asked = [Change(id=each, kind=each.partition("/")[0], action="delete") for each in changes]
    return [each.id for each in select_relevant(RESOURCES, asked)]


def test_only_people_in_affected_teams_keep_all_memberships() -> None:
    assert kept("grant/gold/team/a/x") == [
        "partner/a",
        "grant/gold/team/b/y",
        "membership/a/x/ana@a.test",
        "membership/b/y/ana@a.test",
    ]


def test_a_change_of_a_partner_touches_all_its_teams() -> None:
    assert kept("partner/b")[2:] == [
        "membership/a/x/ana@a.test",
        "membership/b/y/ana@a.test",
        "membership/b/y/bo@b.test",
    ]


def test_a_grant_to_a_person_touches_their_memberships() -> None:
    assert kept("grant/gold/developer/cy@c.test")[2:] == ["membership/c/z/cy@c.test"]


def test_what_is_in_a_group_can_matter_to_anybody() -> None:
    assert kept("access-item/gold/api/labels") == list(RESOURCES)
