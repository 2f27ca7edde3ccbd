from typing import Any

import msgspec
import pytest

from reconciler.diff import Difference, adoption, diff
from reconciler.model.document import Document
from reconciler.model.plan import ABSENT
from reconciler.model.resource import PARTIAL, Live, Resource, fingerprint
from tests.builders import configuration, group, partner, product, team
from tests.states import holding, live, member, wanted

ANA = "membership/acme/integration/ana@acme.example"
THEIRS = "grant/theirs/team/acme/integration"
BO = "membership/acme/integration/bo@acme.example"


def outcome(difference: Difference) -> list[str]:
    return [
        " ".join(
            part
            for part in (
                change.action,
                change.id,
                f"from {change.renamed_from}" if change.renamed_from else "",
                f"({change.because})" if change.because else "",
            )
            if part
        )
        for change in difference.changes
    ]


def told(difference: Difference) -> list[str]:
    return [each.message for each in difference.findings]


def against(state: Live, *documents: Document) -> Difference:
    return diff(wanted(*documents), state)


def test_against_an_empty_portal_everything_is_created_parents_first() -> None:
    files = (
        partner("acme", team(access=["tracking"])),
        group(apis=["labels"], products=["shipping"]),
        product(apis=["rates"]),
    )

    assert outcome(against(live(), *files)) == [
        "create partner/acme",
        "create team/acme/integration",
        f"create {ANA}",
        "create api-product/shipping",
        "create product-item/shipping/rates",
        "create access-group/tracking",
        "create access-item/tracking/api/labels",
        "create access-item/tracking/product/shipping",
        "create grant/tracking/team/acme/integration",
    ]


def test_what_is_as_the_files_ask_makes_no_changes() -> None:
    files = (partner("acme", team(access=["tracking"])), group(apis=["labels"]))

    assert against(live(holding(*files)), *files) == Difference((), (), unchanged=6, unmanaged=0)


def test_a_change_names_the_fields_that_differ_and_what_it_was_computed_from() -> None:
    state = live(holding(partner("acme", domains=["acme.example"], until=None)))
    before = state.resources["partner/acme"]

    change = against(
        state, partner("acme", agreement="MSA-2", domains=["acme.example", "acme.test"])
    ).changes[0]

    assert (change.precondition, [(each.path, each.before, each.after) for each in change.fields]) == (
        fingerprint(before),
        [
            ("agreement", "MSA-1", "MSA-2"),
            ("domains", ["acme.example"], ["acme.example", "acme.test"]),
        ],
    )


def test_a_change_of_every_field_names_every_field() -> None:
    state = live([*holding(group()), Resource("grant/tracking/developer/sam@indie.example", {"reason": "x"})])
    files = group(grants=[{"developer": "sam@indie.example"}])

    assert [(each.path, each.before, each.after) for each in against(state, files).changes[0].fields] == [
        ("level", None, "consume"),
        ("reason", "x", None),
    ]


def test_a_creation_depends_on_its_parents_and_has_a_location() -> None:
    change = against(live(), partner("acme", team())).changes[2]

    assert (change.id, change.needs, change.precondition, change.source and change.source.file) == (
        ANA,
        ("team/acme/integration",),
        ABSENT,
        "partners/acme.yaml",
    )


def test_the_members_of_a_delegated_team_are_left_alone() -> None:
    files = partner("acme", team())

    assert against(live([*holding(files), member("bo@acme.example")]), files).changes == ()


def test_the_members_of_a_listed_team_are_decided_by_the_file() -> None:
    files = partner("acme", team(members=[]))

    assert outcome(against(live([*holding(files), member("bo@acme.example")]), files)) == [f"delete {BO}"]


def test_an_admin_of_a_delegated_team_who_is_no_longer_named_becomes_a_member() -> None:
    files = partner("acme", team())
    bo = member("bo@acme.example", role="admin", fields={"until": "2027-01-31"})

    change = against(live([*holding(files), bo]), files).changes[0]

    assert (change.id, change.action, change.after) == (
        BO,
        "update",
        {"role": "member", "until": "2027-01-31"},
    )


def test_a_member_of_a_delegated_team_who_is_named_becomes_an_admin() -> None:
    files = partner("acme", team("integration", "ana@acme.example", "bo@acme.example"))
    state = live([*holding(partner("acme", team())), member("bo@acme.example")])

    assert [(each.id, each.before, each.after) for each in against(state, files).changes] == [
        (BO, {"role": "member"}, {"role": "admin"})
    ]


def test_an_admin_whose_last_day_has_passed_is_removed() -> None:
    files = partner(
        "acme", team("integration", "ana@acme.example", {"email": "bo@acme.example", "until": "2026-11-23"})
    )
    state = live(holding(files, today="2026-11-23"))

    assert outcome(against(state, files)) == [f"delete {BO} (expired)"]


def test_the_end_of_a_delegated_member_is_the_affair_of_their_admins() -> None:
    files = partner("acme", team())
    bo = member("bo@acme.example", fields={"until": "2026-01-31"})

    assert against(live([*holding(files), bo]), files).changes == ()


def test_a_blocked_person_leaves_every_team_delegated_or_not() -> None:
    before = partner("acme", team(), team("finance", members=["bo@acme.example"]))
    after = partner("acme", team(), team("finance", members=[]), blocked=["Bo@Acme.example"])
    state = live([*holding(before), member("bo@acme.example")])

    assert outcome(against(state, after)) == [
        "update partner/acme",
        "delete membership/acme/finance/bo@acme.example (blocked)",
        f"delete {BO} (blocked)",
    ]


def test_an_unblocked_person_is_added_after_the_partner_is_updated() -> None:
    before = partner("acme", team(members=[]), blocked=["bo@acme.example"])
    after = partner("acme", team(members=["bo@acme.example"]))

    assert [(each.id, each.needs) for each in against(live(holding(before)), after).changes] == [
        ("partner/acme", ()),
        (BO, ("partner/acme",)),
    ]


def test_a_suspended_partner_keeps_its_people_and_loses_its_grants() -> None:
    tracking = group(apis=["labels"])
    state = live(holding(partner("acme", team(access=["tracking"])), tracking))

    assert outcome(
        against(state, partner("acme", team(access=["tracking"]), status="suspended"), tracking)
    ) == [
        "update partner/acme",
        "delete grant/tracking/team/acme/integration (suspended)",
    ]


def test_an_ended_partner_goes_whole_children_first_and_delegated_people_too() -> None:
    tracking = group(apis=["labels"])
    state = live([*holding(partner("acme", team(access=["tracking"])), tracking), member("bo@acme.example")])

    changes = against(state, partner("acme", team(access=["tracking"]), status="ended"), tracking)

    assert outcome(changes) == [
        "delete grant/tracking/team/acme/integration (ended)",
        f"delete {ANA} (ended)",
        f"delete {BO} (ended)",
        "delete team/acme/integration (ended)",
        "delete partner/acme (ended)",
    ]


def test_a_deletion_needs_those_of_its_children_and_covers_their_ids() -> None:
    state = live(holding(partner("acme", team())))

    deletion = against(state).changes[1]

    assert (deletion.id, deletion.needs, deletion.precondition) == (
        "team/acme/integration",
        (ANA,),
        fingerprint(state.resources["team/acme/integration"], [ANA]),
    )


def test_unmanaged_objects_are_reported_and_their_children_are_not_planned() -> None:
    files = partner("acme", team())
    foreign = Resource("partner/acme", holding(files)[0].fields, "other-company")

    difference = against(live([foreign, *holding(files)[1:]]), files)

    assert (difference.unchanged, difference.unmanaged) == (2, 1)
    assert (difference.changes, [(each.message, each.hint) for each in difference.findings]) == (
        (),
        [
            (
                "partner/acme exists in the portal and is managed by the configuration other-company",
                (
                    "`reconciler adopt partner/acme` starts managing it unchanged; if other-company is a"
                    " former name of this configuration, use `reconciler adopt --from other-company`"
                ),
            )
        ],
    )


def test_what_git_does_not_know_and_is_not_ours_is_left_alone_and_counted() -> None:
    foreign = [
        Resource("partner/bolt", {}, None),
        Resource("team/bolt/ops", {}, "other"),
        member("x@bolt.example", "bolt/ops"),
    ]

    assert against(live(foreign)) == Difference((), (), unchanged=0, unmanaged=3)


def test_a_team_that_holds_a_grant_of_a_foreign_group_is_not_deleted_nor_is_its_partner() -> None:
    state = live(
        [
            *holding(partner("acme", team())),
            Resource("access-group/theirs", {}, "other"),
            Resource(THEIRS, {"level": "view"}),
        ]
    )

    difference = against(state)

    assert (outcome(difference), [finding.message for finding in difference.findings]) == (
        [f"delete {ANA}"],
        [
            f"team/acme/integration cannot be deleted: {THEIRS} depends on it and is not managed here",
            "partner/acme cannot be deleted: team/acme/integration depends on it and is not managed here",
        ],
    )


@pytest.mark.parametrize(
    ("state", "invited_at", "planned"),
    [
        ("invited", "2026-11-01T08:00:00Z", []),
        ("expired", "2026-11-01T08:00:00Z", [f"create {ANA}"]),
        ("expired", "2026-11-22T23:59:59Z", [f"create {ANA}"]),
        ("expired", "2026-11-23T00:00:01Z", []),
        ("declined", "2026-11-01T08:00:00Z", []),
    ],
)
def test_an_invitation_is_sent_again_only_when_it_expired_and_a_day_ago(
    state: str, invited_at: str, planned: list[str]
) -> None:
    files = partner("acme", team())
    ana = member("ana@acme.example", role="admin", state=state, invited_at=invited_at)
    held = [each for each in holding(files) if each.id != ANA]

    assert outcome(against(live([*held, ana]), files)) == planned


def test_an_expired_invitation_of_an_unlisted_person_is_not_sent_again() -> None:
    files = partner("acme", team())
    bo = member("bo@acme.example", state="expired", invited_at="2026-11-01T08:00:00Z")

    assert against(live([*holding(files), bo]), files).changes == ()


@pytest.mark.parametrize(("members", "role"), [("delegated", "admin"), ([], "member")])
def test_an_expired_invitation_that_files_decide_about_has_ended(members: str | list[str], role: str) -> None:
    files = partner("acme", team(members=members))
    bo = member("bo@acme.example", role=role, state="expired", invited_at="2026-11-01T08:00:00Z")

    assert outcome(against(live([*holding(files), bo]), files)) == [f"delete {BO} (expired)"]


def test_an_object_that_an_interrupted_run_left_partial_is_created_again_or_deleted() -> None:
    files = group(apis=["labels", "rates"])
    item = "access-item/tracking/api/labels"
    state = live(
        msgspec.structs.replace(each, state=PARTIAL) if each.id == item else each for each in holding(files)
    )

    [again] = against(state, files).changes
    [gone] = against(state, group(apis=["rates"])).changes

    assert (again.action, again.id, again.precondition) == (
        "create",
        item,
        fingerprint(state.resources[item]),
    )
    assert (gone.action, gone.id) == ("delete", item)


def test_a_partial_object_that_differs_is_updated_before_it_is_completed() -> None:
    files = group(description="New", apis=["labels"])
    state = live(
        msgspec.structs.replace(each, state=PARTIAL) if each.kind == "access-group" else each
        for each in holding(group(apis=["labels"]))
    )

    assert outcome(against(state, files)) == ["update access-group/tracking"]


def test_a_rename_is_one_update_in_place_and_its_children_make_no_changes() -> None:
    tracking = group(apis=["labels"])
    state = live([*holding(partner("acme", team(access=["tracking"])), tracking), member("bo@acme.example")])
    renamed = partner("apex", team(access=["tracking"]), displayName="Acme", metadata={"previously": "acme"})

    change = against(state, renamed, tracking).changes[0]

    assert (outcome(against(state, renamed, tracking)), change.precondition) == (
        ["update partner/apex from partner/acme"],
        fingerprint(state.resources["partner/acme"]),
    )


def test_a_rename_that_was_done_counts_no_more() -> None:
    renamed = partner("apex", team(), metadata={"previously": "acme"})

    assert against(live(holding(renamed)), renamed).changes == ()


def test_changes_under_a_renamed_parent_bear_new_ids_and_need_the_rename() -> None:
    state = live(holding(partner("acme", team())))
    renamed = partner(
        "apex",
        team("integration", "ana@acme.example", "bo@acme.example"),
        displayName="Acme",
        metadata={"previously": "acme"},
    )

    assert [(each.id, each.needs) for each in against(state, renamed).changes] == [
        ("partner/apex", ()),
        ("membership/apex/integration/bo@acme.example", ("partner/apex",)),
    ]


def test_a_chain_of_renames_frees_each_name_before_it_is_taken() -> None:
    state = live(holding(group("gold"), group("silver")))
    files = (
        group("silver", displayName="Gold", metadata={"previously": "gold"}),
        group("bronze", displayName="Silver", metadata={"previously": "silver"}),
    )

    assert [(each.id, each.renamed_from, each.needs) for each in against(state, *files).changes] == [
        ("access-group/bronze", "access-group/silver", ()),
        ("access-group/silver", "access-group/gold", ("access-group/bronze",)),
    ]


def test_a_name_that_the_files_still_define_is_not_renamed_away() -> None:
    state = live(holding(group("gold")))
    files = (group("silver", metadata={"previously": "gold"}), group("gold"))

    assert (outcome(against(state, *files)), told(against(state, *files))) == (
        ["create access-group/silver"],
        [
            (
                "access-group/silver has the former name access-group/gold, which is live and still defined"
                " in the files"
            )
        ],
    )


def test_a_former_name_that_is_not_live_does_not_hide_a_takeover() -> None:
    state = live(holding(group("gold")))
    files = (
        group("silver", metadata={"previously": "gold"}),
        group("gold", metadata={"previously": "long-gone"}),
    )

    assert (outcome(against(state, *files)), told(against(state, *files))) == (
        ["create access-group/silver"],
        [
            (
                "access-group/silver has the former name access-group/gold, which is live and still defined"
                " in the files"
            )
        ],
    )


def test_a_team_that_is_still_defined_under_the_new_name_of_its_partner_is_not_renamed_away() -> None:
    state = live(holding(partner("acme", team("ops"))))
    files = partner(
        "apex",
        team("spies", previously="ops"),
        team("ops"),
        displayName="Acme",
        metadata={"previously": "acme"},
    )

    assert (outcome(against(state, files)), told(against(state, files))) == (
        [
            "update partner/apex from partner/acme",
            "create team/apex/spies",
            "create membership/apex/spies/ana@acme.example",
        ],
        ["team/apex/spies has the former name team/acme/ops, which is live and still defined in the files"],
    )


def test_in_a_new_portal_a_reused_former_name_is_created_last() -> None:
    files = (
        group("silver", displayName="Gold", metadata={"previously": "gold"}),
        group("bronze", displayName="Silver", metadata={"previously": "silver"}),
        group("gold"),
    )

    assert {each.id: each.needs for each in against(live(), *files).changes} == {
        "access-group/bronze": (),
        "access-group/silver": ("access-group/bronze",),
        "access-group/gold": ("access-group/silver",),
    }


def test_names_that_were_swapped_wait_for_nobody_in_a_new_portal() -> None:
    files = (
        group("gold", metadata={"previously": "silver"}),
        group("silver", metadata={"previously": "gold"}),
    )

    assert {each.id: each.needs for each in against(live(), *files).changes} == {
        "access-group/gold": (),
        "access-group/silver": (),
    }


def test_a_team_is_renamed_under_a_partner_that_is_renamed_too() -> None:
    state = live(holding(partner("acme", team("ops"))))
    files = partner(
        "apex",
        team("operations", displayName="ops", previously="ops"),
        displayName="Acme",
        metadata={"previously": "acme"},
    )

    assert [(each.id, each.renamed_from, each.needs) for each in against(state, files).changes] == [
        ("partner/apex", "partner/acme", ()),
        ("team/apex/operations", "team/acme/ops", ("partner/apex",)),
    ]


def test_a_team_does_not_take_a_name_in_use_under_the_old_name_of_its_partner() -> None:
    state = live(holding(partner("acme", team("ops"), team("crew"))))
    files = partner(
        "apex",
        team("ops", previously="crew"),
        displayName="Acme",
        metadata={"previously": "acme"},
    )

    assert [(each.action, each.id) for each in against(state, files).changes] == [
        ("update", "partner/apex"),
        ("delete", "membership/apex/crew/ana@acme.example"),
        ("delete", "team/apex/crew"),
    ]


def test_adopting_marks_what_exists_and_changes_nothing_else() -> None:
    files = partner("acme", team(), displayName="Acme GmbH")
    state = live([Resource("partner/acme", {"displayName": "Acme"})])

    change = adoption(wanted(files), state, ["partner/acme"]).changes[0]

    assert (change.action, change.before, change.after, change.fields) == (
        "adopt",
        {"displayName": "Acme"},
        {"displayName": "Acme"},
        (),
    )


def kinds_of(difference: Difference) -> list[Any]:
    return [(change.action, change.kind) for change in difference.changes]


def test_creations_come_before_deletions() -> None:
    before = (partner("acme", team(access=["gold"])), group("gold"), group("silver"))
    after = (partner("acme", team(access=["silver"])), group("gold"), group("silver"))

    assert kinds_of(against(live(holding(*before)), *after)) == [("create", "grant"), ("delete", "grant")]


def others_grant(group_name: str = "tracking") -> list[Resource]:
    """Return a team of a partner that is not managed here, and its grant to a group that is."""
    return [
        Resource("partner/globex", {"status": "active"}),
        Resource("team/globex/ops", {"displayName": "ops", "delegated": True}),
        Resource(f"grant/{group_name}/team/globex/ops", {"level": "consume"}),
    ]


def test_a_grant_to_a_team_that_is_not_managed_here_is_left_alone_and_counted() -> None:
    files = [group(apis=["labels"])]
    found = against(live([*holding(*files), *others_grant()]), *files)

    assert (outcome(found), found.unchanged, found.unmanaged) == ([], 2, 3)


@pytest.mark.parametrize(
    ("of_group", "of_configuration"),
    [("remove", "keep"), ("remove", "remove"), (None, "remove")],
)
def test_a_grant_to_an_unmanaged_team_is_deleted_if_the_files_say_remove(
    of_group: str | None, of_configuration: str
) -> None:
    files = [group(apis=["labels"], unmanagedGrants=of_group)]
    asked = wanted(*files, configured=configuration(unmanagedGrants=of_configuration))

    assert outcome(diff(asked, live([*holding(*files), *others_grant()]))) == [
        "delete grant/tracking/team/globex/ops"
    ]


def test_a_group_keeps_grants_that_the_configuration_would_remove() -> None:
    files = [group(apis=["labels"], unmanagedGrants="keep")]
    asked = wanted(*files, configured=configuration(unmanagedGrants="remove"))

    assert outcome(diff(asked, live([*holding(*files), *others_grant()]))) == []


def test_grants_to_teams_of_external_partners_are_complete_in_the_files() -> None:
    files = [group(apis=["labels"], grants=[{"team": "globex/web"}])]
    asked = wanted(*files, configured=configuration(external={"partners": ["globex"]}))
    web = Resource("team/globex/web", {"displayName": "web", "delegated": True}, "other-company")

    assert outcome(diff(asked, live([*holding(group(apis=["labels"])), *others_grant(), web]))) == [
        "create grant/tracking/team/globex/web",
        "delete grant/tracking/team/globex/ops",
    ]


def test_a_grant_to_a_single_person_is_always_complete_in_the_files() -> None:
    files = [group(apis=["labels"])]
    clicked = Resource("grant/tracking/developer/sam@indie.example", {"level": "consume"})

    assert outcome(against(live([*holding(*files), clicked]), *files)) == [f"delete {clicked.id}"]


def test_a_group_that_an_unmanaged_team_has_is_not_deleted() -> None:
    found = against(live([*holding(group(apis=["labels"])), *others_grant()]), partner("acme", team()))

    assert [(each.rule, each.id) for each in found.findings] == [("not-managed", "access-group/tracking")]


def test_an_ended_team_is_deleted_with_the_people_added_by_its_admins() -> None:
    before = partner("acme", team(access=["tracking"]), team("web"))
    held = [*holding(before, group()), member("bo@acme.example")]
    after = partner("acme", team(access=["tracking"], status="ended"), team("web"))

    assert outcome(against(live(held), after, group())) == [
        "delete grant/tracking/team/acme/integration (ended)",
        f"delete {ANA} (ended)",
        f"delete {BO} (ended)",
        "delete team/acme/integration (ended)",
    ]


def test_a_team_that_ended_under_a_new_name_goes_under_its_old_one() -> None:
    held = holding(partner("acme", team("site")))

    assert outcome(against(live(held), partner("acme", team("web", previously="site", status="ended")))) == [
        "delete membership/acme/site/ana@acme.example (ended)",
        "delete team/acme/site (ended)",
    ]


def previously(*names: str) -> Document:
    return partner("acme", team("shop", "ana@acme.example", previously=list(names)))


@pytest.mark.parametrize("former", ["web", "site"])
def test_of_several_former_names_the_one_that_is_live_is_renamed(former: str) -> None:
    held = holding(partner("acme", team(former, "ana@acme.example")))

    assert outcome(against(live(held), previously("site", "web"))) == [
        f"update team/acme/shop from team/acme/{former}"
    ]


def test_two_former_names_that_are_both_live_are_refused() -> None:
    held = holding(partner("acme", team("site", "ana@acme.example"), team("web", "ana@acme.example")))
    found = against(live(held), previously("site", "web"))

    assert [(each.rule, each.id, each.message) for each in found.findings] == [
        (
            "duplicate-name",
            "team/acme/shop",
            "several former names of team/acme/shop exist in the portal: team/acme/site, team/acme/web",
        )
    ]


def moved(**bolt: Any) -> list[Document]:
    return [partner("acme"), partner("bolt", team("web", "ana@acme.example", previously="acme/web"), **bolt)]


def test_a_team_that_moves_to_another_partner_keeps_its_people() -> None:
    held = [*holding(partner("acme", team("web", "ana@acme.example"))), member("bo@acme.example", "acme/web")]

    assert outcome(against(live(held), *moved())) == [
        "create partner/bolt",
        "update team/bolt/web from team/acme/web",
    ]


def test_a_partner_is_deleted_after_its_team_has_moved_out() -> None:
    held = holding(partner("acme", team("web", "ana@acme.example")))
    found = against(live(held), *moved()[1:])

    assert [(each.id, each.needs) for each in found.changes] == [
        ("partner/bolt", ()),
        ("team/bolt/web", ("partner/bolt",)),
        ("partner/acme", ("team/bolt/web",)),
    ]


def test_a_team_does_not_leave_a_suspended_partner_or_move_with_blocked_people() -> None:
    people = team("web", "ana@acme.example")
    suspended = holding(partner("acme", people, status="suspended"))
    blocked = holding(partner("acme", people), partner("bolt", blocked=["ana@acme.example"]))

    assert [
        [(each.message, each.hint) for each in against(live(held), *moved()).findings]
        for held in (suspended, blocked)
    ] == [
        [
            (
                (
                    "team/acme/web cannot move to partner/bolt while partner/acme is suspended:"
                    " the move would change its access"
                ),
                "leave the team where it was; or apply `status: active`, then the move, then `suspended`",
            )
        ],
        [
            (
                (
                    "team/acme/web cannot move to partner/bolt while one of the two partners blocks people"
                    " in it: ana@acme.example"
                ),
                "remove these people from the team, apply that, then move the team",
            )
        ],
    ]
