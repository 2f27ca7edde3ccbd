from typing import Any

import msgspec

from reconciler.model.document import Document
from reconciler.model.graph.delta import Delta
from reconciler.model.resource import Resource
from reconciler.model.transient_access import TransientAccess
from reconciler.order import order
from reconciler.policy import judge
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.builders import group, partner, team
from tests.policy.planning import found, world
from tests.states import TODAY, holding, live, member


def groups(number: int) -> list[Document]:
    return [group(f"g{each:02}") for each in range(number)]


def crowd(number: int, *, access: bool = True) -> list[Document]:
    people = [f"p{each:03}@acme.example" for each in range(number)]
    return [
        partner("acme", team(members=people, access=["gold"] if access else [])),
        group("gold", apis=["a"]),
    ]


def test_five_deletions_of_a_kind_pass_and_six_do_not() -> None:
    before = groups(20)

    assert (
        found("guard-deletions", world(holding(*before), *before[5:])),
        found("guard-deletions", world(holding(*before), *before[6:])),
    ) == (
        [],
        [
            (
                "error",
                (
                    "6 of 20 managed access groups would be deleted, but at most 5 may be"
                    " (the larger of 5 and 10 %): "
                    "access-group/g00, access-group/g01, access-group/g02, access-group/g03, "
                    "access-group/g04, access-group/g05"
                ),
            )
        ],
    )


def test_the_share_is_rounded_down() -> None:
    before = groups(79)

    assert [len(found("guard-deletions", world(holding(*before), *before[gone:]))) for gone in (7, 8)] == [
        0,
        1,
    ]


def test_objects_deleted_with_their_parent_do_not_count() -> None:
    people = [f"p{each}@acme.example" for each in range(9)]
    before = [partner("acme", team(), team("ops", members=people)), partner("bolt", team("x"))]

    assert found("guard-deletions", world(holding(*before), partner("acme", team()), before[1])) == []


def test_deletions_of_an_ended_partner_or_by_date_do_not_count() -> None:
    before = [partner(f"p{each}", team()) for each in range(8)]
    after = [partner(f"p{each}", team(), status="ended") for each in range(8)]
    expired = [{"developer": f"d{each}@x.example", "until": "2026-11-23"} for each in range(8)]
    held = holding(group(grants=[{**each, "until": "2026-11-24"} for each in expired]), today="2026-11-24")

    assert (
        found("guard-deletions", world(holding(*before), *after, group())),
        found("guard-deletions", world(held, group(grants=expired))),
    ) == ([], [])


def test_all_of_a_kind_do_not_go_where_there_are_three() -> None:
    three, two = groups(3), groups(2)
    other = partner("acme", team())

    assert (
        found("guard-emptied-kind", world(holding(*three, other), other)),
        found("guard-emptied-kind", world(holding(*two, other), other)),
        found("guard-emptied-kind", world(holding(*three, other), other, three[0])),
    ) == (
        [
            (
                "error",
                (
                    "all 3 managed access groups would be deleted: "
                    "access-group/g00, access-group/g01, access-group/g02"
                ),
            )
        ],
        [],
        [],
    )


def test_people_who_lose_access_are_counted_against_those_who_have_any() -> None:
    losing = {
        "spec": {
            "guard": {"peopleLosing": {"count": 3, "percent": 50}, "deletions": {"count": 5, "percent": 10}}
        }
    }
    # Ana, the admin of the team, is one of them.
    few = world(holding(*crowd(2)), *crowd(2, access=False), **losing)
    many = world(holding(*crowd(5)), *crowd(5, access=False), **losing)

    assert (found("guard-people", few), found("guard-people", many)) == (
        [],
        [
            (
                "error",
                (
                    "6 of 6 people with access would lose some of it, but at most 3 may (the larger "
                    "of 3 and 50 %): "
                    "ana@acme.example, p000@acme.example, p001@acme.example, p002@acme.example, "
                    "p003@acme.example, p004@acme.example"
                ),
            )
        ],
    )


def test_an_end_that_is_brought_forward_takes_access_from_the_people_behind_it() -> None:
    losing = {"spec": {"guard": {"peopleLosing": {"count": 3, "percent": 50}}}}
    people = [f"p{each}@acme.example" for each in range(5)]
    gold = group("gold", apis=["a"])

    def until(day: str) -> Document:
        return partner("acme", team(members=people, access=["gold"]), until=day)

    def judged(before: str, after: str) -> list[tuple[str, str]]:
        return found("guard-people", world(holding(until(before), gold), until(after), gold, **losing))

    assert (
        judged("2027-12-31", "2026-11-25"),
        judged("2027-12-31", "2026-12-25"),
        judged("2026-11-25", "2026-11-26"),
        judged("2026-11-25", "2026-11-24"),
    ) == (
        [
            (
                "error",
                (
                    "6 of 6 people with access would lose some of it (6 of them because their end is brought"
                    " forward to within 30 days), but at most 3 may (the larger of 3 and 50 %): "
                    "ana@acme.example,"
                    " p0@acme.example, p1@acme.example, p2@acme.example, p3@acme.example, p4@acme.example"
                ),
            )
        ],
        [],
        [],
        [
            (
                "error",
                (
                    "6 of 6 people with access would lose some of it (6 of them because their end is brought"
                    " forward to within 30 days), but at most 3 may (the larger of 3 and 50 %): "
                    "ana@acme.example,"
                    " p0@acme.example, p1@acme.example, p2@acme.example, p3@acme.example, p4@acme.example"
                ),
            )
        ],
    )


def test_people_who_lose_access_by_suspension_do_count() -> None:
    losing = {
        "spec": {
            "guard": {"peopleLosing": {"count": 3, "percent": 0}, "deletions": {"count": 5, "percent": 10}}
        }
    }
    before = crowd(5)
    suspended = partner(
        "acme",
        team(members=[f"p{each:03}@acme.example" for each in range(5)], access=["gold"]),
        status="suspended",
    )

    assert len(found("guard-people", world(holding(*before), suspended, before[1], **losing))) == 1


def test_a_delegated_team_is_not_listed_without_the_people_in_it() -> None:
    before, bo, cy = partner("acme", team()), member("bo@acme.example"), member("cy@acme.example")
    held = [*holding(before), bo, cy]
    hint = "add them to the list; or allow this plan with --allow "

    judged = world(held, partner("acme", team(members=["bo@acme.example"])))

    assert (
        found("guard-delegation", judged),
        [each.hint.startswith(hint) for each in judge(judged) if each.rule == "guard-delegation"],
        found(
            "guard-delegation",
            world(held, partner("acme", team(members=["bo@acme.example", "cy@acme.example"]))),
        ),
    ) == (
        [
            (
                "error",
                (
                    'team "acme/integration" would become listed, but 1 of the people in it is not'
                    " on the list: "
                    "cy@acme.example"
                ),
            )
        ],
        [True],
        [],
    )


def test_the_file_of_a_live_partner_stays_until_the_partner_has_ended() -> None:
    before = partner("acme", team())

    assert (
        found("guard-partner-removed", world(holding(before), group())),
        found(
            "guard-partner-removed", world(holding(before), partner("acme", team(), status="ended"), group())
        ),
        found("guard-partner-removed", world(live(), group())),
    ) == ([("error", 'partner "acme" still exists in the portal, but is not defined in any file')], [], [])


def called(name: str, *resources: Resource) -> list[Resource]:
    """Return resources of a partner as they are if the portal calls it otherwise."""
    return [msgspec.structs.replace(each, id=each.id.replace("/acme", f"/{name}", 1)) for each in resources]


def test_a_partner_that_is_not_called_by_its_external_name_has_an_error_of_its_own() -> None:
    before = partner("acme", team())
    held = holding(before)
    other = [("error", 'partner "=acme" still exists in the portal, but is not defined in any file')]
    flat = msgspec.structs.replace(CAPABILITIES, kinds=CAPABILITIES.kinds - {"partner"})
    teams = [each for each in called("=acme", *held) if each.kind != "partner"]

    assert (
        found("guard-partner-removed", world(called("=acme", *held), before)),
        found("guard-partner-removed", world([*held, *called("=acme", *held)], before)),
        found("guard-partner-removed", world(called("==acme", *held), before)) != [],
        found("guard-partner-removed", world(teams, before, capabilities=flat)),
    ) == ([], other, True, other)


def test_a_refusal_gives_both_ways_through_and_the_digest_opens_them() -> None:
    before = partner("acme", team())
    judged = world(holding(before), group())
    hint = next(each.hint for each in judge(judged) if each.rule == "guard-partner-removed")

    assert (hint, found("guard-partner-removed", world(holding(before), group(), allowed=True))) == (
        (
            "restore the file with status: ended, apply it, then delete it; or allow this plan"
            f" with --allow {judged.digest}, or add that digest to guard.allow"
        ),
        [("info", 'partner "acme" still exists in the portal, but is not defined in any file')],
    )


def delegated(*, name: str = "web", admin: str = "ana@acme.example", **others: Any) -> list[Resource]:
    """Return the live state of a partner with another team, whose admins added Bo and Cy."""
    files = partner("acme", team(), team(name, admin, **others))
    return [*holding(files), *(member(f"{each}@acme.example", f"acme/{name}") for each in ("bo", "cy"))]


def refusals(held: list[Resource], *documents: Document) -> list[tuple[str, str]]:
    return [
        (each.message, each.hint.partition("; or allow this plan")[0])
        for each in judge(world(held, *documents, group()))
        if each.rule == "guard-delegation"
    ]


GONE = (
    'team "acme/web" would be deleted with 2 members who are not listed in the files:'
    " bo@acme.example, cy@acme.example"
)
END_IT = "set status: ended for the team, apply that, then remove the team from the file"


def test_people_whom_admins_added_do_not_go_with_the_name_of_their_team() -> None:
    renamed = partner("acme", team(), team("web-shop"))

    assert refusals(delegated(), renamed) == [
        (
            GONE,
            (
                "if it was renamed, add `previously: web` to acme/web-shop to keep its people"
                f" and grants; otherwise {END_IT}"
            ),
        )
    ]


def test_people_whom_admins_added_do_not_go_when_their_team_leaves_the_file() -> None:
    assert refusals(delegated(), partner("acme", team())) == [(GONE, END_IT)]


def test_people_whom_admins_added_do_not_go_when_their_team_moves_to_another_partner() -> None:
    moved = [partner("acme", team()), partner("bolt", team("web"))]

    assert refusals(delegated(), *moved) == [
        (
            GONE,
            (
                "if it was renamed, add `previously: acme/web` to bolt/web to keep its people"
                f" and grants; otherwise {END_IT}"
            ),
        )
    ]


def test_a_team_can_be_deleted_with_its_people_if_it_or_its_partner_has_ended_or_is_suspended() -> None:
    assert [
        refusals(delegated(), *files)
        for files in (
            [partner("acme", team(), team("web", status="ended"))],
            [partner("acme", team(), status="suspended")],
            [partner("acme", status="ended")],
        )
    ] == [[], [], []]


def test_a_team_without_people_added_by_admins_can_be_deleted() -> None:
    alone = holding(partner("acme", team(), team("web")))
    listed = holding(partner("acme", team(), team("web", members=["bo@acme.example"])))

    assert [refusals(each, partner("acme", team())) for each in (alone, listed)] == [[], []]


def test_up_to_ten_people_lose_access_without_a_question_and_eleven_of_forty_do_not() -> None:
    def losing(number: int, of: int) -> list[tuple[str, str]]:
        files = crowd(of)
        left = [f"p{each:03}@acme.example" for each in range(number, of)]
        after = partner("acme", team(members=left, access=["gold"]))
        return found("guard-people", world(holding(*files), after, files[1]))

    assert [len(losing(*each)) for each in ((10, 12), (11, 39), (12, 40), (12, 60))] == [0, 1, 1, 0]


def test_whom_no_order_spares_is_named_with_the_changes() -> None:
    passing = TransientAccess(
        "below",
        ("labels", "rates"),
        ("ana@acme.example", "bo@acme.example"),
        ("access-item/gold/api/labels",),
    )

    assert found("passing-access", world(live(), group(), passing=[passing])) == [
        (
            "warning",
            (
                "while this plan is applied, ana@acme.example, bo@acme.example may temporarily lose access"
                " that they keep afterwards: "
                "labels, rates"
            ),
        )
    ]


def test_the_classic_circle_is_planned_and_warned_of() -> None:
    def files(api_in: str, team_of_ana: str) -> list[Document]:
        teams = [
            team(
                name,
                "bo@acme.example",
                members=["ana@acme.example"] if name == team_of_ana else [],
                access=access,
            )
            for name, access in (("old", ["silver"]), ("new", ["gold"]), ("both", ["gold", "silver"]))
        ]
        apis = {name: ["rates", *(["tracking"] if name == api_in else [])] for name in ("gold", "silver")}
        return [partner("acme", *teams), *[group(name, apis=each) for name, each in apis.items()]]

    state = live(holding(*files("gold", "old")))
    ordered = order(Delta(state.resources, world(state, *files("silver", "new")).changes or ()), TODAY)

    assert (len(ordered.changes), [each.people for each in ordered.transient]) == (4, [("ana@acme.example",)])
