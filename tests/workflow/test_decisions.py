"""What needs approval is decided by the files of a branch, whatever the portal holds and can store."""

import msgspec
import pytest

from reconciler.model.document import Document
from reconciler.model.portal import Capabilities
from reconciler.model.resource import OfferedApi
from reconciler.portals.apigee.adapter import CAPABILITIES as APIGEE
from reconciler.portals.keycloak.adapter import CAPABILITIES as KEYCLOAK
from reconciler.portals.konnect.adapter import CAPABILITIES as KONNECT
from reconciler.workflow.plan.decisions import decisions
from tests.builders import OWNERS, catalog, configuration, group, partner, product, team
from tests.policy.judging import YESTERDAY
from tests.states import TODAY, holding, live
from tests.workflow.deciding import checked, owners, planned, reasons

ACME = partner("acme", team("ops"), team("dev"))
TAKEN = partner("acme", team("ops", access=["tracking"]), team("dev"))
VIEWED = partner("acme", team("ops", access=[{"group": "tracking", "level": "view"}]), team("dev"))
APIS = catalog("labels", {"name": "cards", "owner": "payments"})
GIVEN = group(apis=["labels"], grants=[{"team": "acme/ops"}])
PARTNERS = ("partnerships", "changes partner/acme")
LOGISTICS = ("logistics", "changes access-group/tracking")


def test_what_is_live_already_needs_approval_like_any_other_decision() -> None:
    given = group(grants=[{"team": "acme/dev"}])
    captured = planned([ACME, group()], [TAKEN, given], [TAKEN, given])

    assert (captured.changes, reasons(captured)) == ((), [LOGISTICS, PARTNERS])


def test_no_drift_needs_approval() -> None:
    made = planned([ACME, group()], [ACME, group()], [TAKEN])

    assert (len(made.drift.changes) > 0, made.approvals) == (True, ())


@pytest.mark.parametrize("can", [APIGEE, KEYCLOAK, KONNECT])
def test_a_portal_that_cannot_store_a_grant_asks_the_same_owners(can: Capabilities) -> None:
    before, after = [ACME, group(), APIS], [VIEWED, group(apis=["labels", "cards"]), APIS]
    made, restricted = planned(before, after), planned(before, after, can=can)

    assert (
        reasons(made)
        == reasons(restricted)
        == [
            LOGISTICS,
            PARTNERS,
            ("payments", "adds their API to access-group/tracking"),
        ]
    )
    assert made.decision_digest == restricted.decision_digest


def test_a_decision_is_the_same_after_its_last_day() -> None:
    until = partner("acme", team("ops", access=[{"group": "tracking", "until": YESTERDAY}]))
    before, after = [partner("acme", team("ops")), group()], [until, group()]
    on_the_day, later = (planned(before, after, today=day) for day in (YESTERDAY, TODAY))

    assert (len(on_the_day.changes), len(later.changes)) == (1, 0)
    assert on_the_day.decision_digest == later.decision_digest
    assert reasons(on_the_day) == reasons(later) == [PARTNERS]


def test_an_entry_that_has_expired_is_removed_by_its_owner() -> None:
    until = partner("acme", team("ops", access=[{"group": "tracking", "until": YESTERDAY}]))
    made = planned([until, group()], [partner("acme", team("ops")), group()], [TAKEN, group()])

    assert reasons(made) == [PARTNERS]


def test_a_grant_to_a_suspended_partner_is_decided_when_it_is_written_and_not_when_it_resumes() -> None:
    suspended = partner("acme", team("ops"), team("dev"), status="suspended")

    assert reasons(planned([suspended, group()], [suspended, GIVEN])) == [LOGISTICS]
    assert reasons(planned([suspended, GIVEN], [ACME, GIVEN])) == [PARTNERS]
    assert reasons(planned([ACME, GIVEN], [suspended, GIVEN])) == [PARTNERS]


def test_a_partner_ends_and_is_removed_by_its_owner_alone() -> None:
    ended = partner("acme", team("ops"), team("dev"), status="ended")
    after = [group(apis=["labels"])]

    assert reasons(planned([ACME, GIVEN], [ended, GIVEN])) == [PARTNERS]
    assert reasons(planned([ended, *after], after)) == [PARTNERS]
    assert reasons(planned([ended, GIVEN], after)) == [LOGISTICS, PARTNERS]


def test_a_group_that_takes_a_grant_back_is_decided_by_its_owner() -> None:
    assert reasons(planned([ACME, GIVEN], [ACME, group(apis=["labels"])])) == [LOGISTICS]


def test_a_renamed_partner_is_decided_by_its_old_and_new_owner_alone() -> None:
    renamed = partner("apex", team("ops"), team("dev"), owner="payments", metadata={"previously": "acme"})
    given = group(apis=["labels"], grants=[{"team": "apex/ops"}])

    assert reasons(planned([ACME, GIVEN], [renamed, given])) == [
        ("partnerships", "takes over partner/acme as partner/apex"),
        ("payments", "changes partner/apex"),
    ]


def test_a_team_that_moves_to_another_partner_is_decided_by_the_owners_of_its_groups_too() -> None:
    bolt = partner("bolt", owner="payments")
    moved = partner("bolt", team("ops", previously="acme/ops"), owner="payments")
    given = group(apis=["labels"], grants=[{"team": "bolt/ops"}])
    made = planned([ACME, bolt, GIVEN], [partner("acme", team("dev")), moved, given])

    assert [each.renamed_from for each in made.changes] == ["team/acme/ops"]
    assert reasons(made) == [
        LOGISTICS,
        PARTNERS,
        ("payments", "changes partner/bolt"),
        ("payments", "changes previously of team/bolt/ops"),
    ]


def test_a_former_name_is_a_decision_also_where_nothing_is_renamed() -> None:
    former = group(metadata={"previously": "old"})
    made = planned([group()], [former])

    assert reasons(made) == [("logistics", "changes previously of access-group/tracking")]
    assert made.decision_digest != planned([group()], [group()]).decision_digest


def test_apis_enter_and_leave_the_catalog_by_their_owners() -> None:
    known, more = [catalog("labels")], [APIS]

    assert reasons(planned(known, more)) == [
        ("partnerships", "changes owner of api/cards"),
        ("payments", "changes owner of api/cards"),
    ]
    assert reasons(planned(more, known)) == [("payments", "changes owner of api/cards")]
    assert (planned(known, more).file_changes, planned(more, known).file_changes) == ((), ())


def test_only_the_portal_can_name_another_owner_of_a_new_api() -> None:
    offers = OfferedApi("cards", "restricted", "payments")
    held = msgspec.structs.replace(live(holding(group())), apis={"cards": offers})
    mine = catalog("labels", {"name": "cards", "owner": "logistics"})
    before, after = [catalog("labels"), group()], [mine, group(apis=["cards"])]
    made = planned(before, after, held)

    assert reasons(made) == [
        ("logistics", "changes access-group/tracking"),
        ("logistics", "changes owner of api/cards"),
        ("payments", "adds their API to access-group/tracking"),
        ("payments", "changes owner of api/cards"),
    ]
    assert made.decision_digest == planned(before, after).decision_digest


def test_a_document_of_another_portal_is_no_decision_for_this_one() -> None:
    portals = {each: {"type": "embedded", "database": f"{each}.db"} for each in ("local", "test")}
    configured = configuration(portals=portals)
    elsewhere = group("gold", metadata={"portals": ["test"]})
    here = group("gold", apis=["cards"], metadata={"portals": ["local", "test"]})

    assert planned([configured], [configured, elsewhere]).approvals == ()
    assert owners(planned([configured, APIS, elsewhere], [configured, APIS, here])) == {
        "logistics",
        "payments",
    }


def test_decisions_need_a_base() -> None:
    whole, adopting = (
        planned(None, [TAKEN, group()], [ACME]),
        planned([ACME, group()], [TAKEN, group()], adopt_all=True),
    )

    assert (owners(whole), whole.decision_digest) == ({"logistics", "partnerships"}, "")
    assert (adopting.approvals, adopting.decision_digest) == ((), "")
    assert decisions(checked(None, [ACME]), "local") is None


def test_a_plan_of_selected_changes_asks_for_these_changes() -> None:
    before, after = [TAKEN, group(apis=["labels"])], [ACME, group()]
    made = planned(before, after, [TAKEN, group()], selection="removals")

    assert (owners(made), made.decision_digest) == (
        {"partnerships"},
        planned(before, after).decision_digest,
    )


def with_approvers(**approvers: object) -> Document:
    named: dict[str, dict[str, object]] = {
        "partnerships": approvers,
        "logistics": {"github": "@our/logistics", "gitea": "@our/logistics"},
    }
    return configuration(owners={each: {**OWNERS[each], **named.get(each, {})} for each in OWNERS})


def test_a_plan_says_who_can_approve_it() -> None:
    base = with_approvers(github="@our/partners", approvers={"github": ["ana", "bo"], "gitlab": ["cy"]})
    made = planned([base, ACME, group(), APIS], [base, TAKEN, group(apis=["labels"]), APIS])

    assert (made.approvers, made.approval_mode) == (
        {
            "partnerships": {"github": ("ana", "bo"), "gitlab": ("cy",)},
            "logistics": {"github": ("@our/logistics",), "gitea": ("@our/logistics",)},
        },
        None,
    )


def test_a_branch_names_no_approvers() -> None:
    base = configuration(approvals="enforce")
    mine = configuration(
        approvals="off",
        owners={**OWNERS, "partnerships": {**OWNERS["partnerships"], "approvers": {"github": ["mallory"]}}},
    )
    made = planned([base, ACME, group()], [mine, TAKEN, group()])

    assert (made.approvers, made.approval_mode) == ({"partnerships": {}}, "enforce")
    assert reasons(made) == [
        ("partnerships", "changes approvals of configuration"),
        ("partnerships", "changes owners.partnerships of configuration"),
        PARTNERS,
    ]


def test_products_are_decided_by_their_owner() -> None:
    before, after = product("suite", apis=["labels"]), product("suite", apis=["labels", "cards"])

    assert reasons(planned([APIS, before], [APIS, after])) == [
        ("logistics", "changes api-product/suite"),
        ("payments", "adds their API to api-product/suite"),
    ]


def test_a_grant_that_moves_to_another_file_and_changes_is_decided_by_both_owners() -> None:
    lower = partner("acme", team("ops", access=[{"group": "tracking", "level": "view"}]), team("dev"))
    taken = group(apis=["labels"])

    assert reasons(planned([ACME, GIVEN], [lower, taken])) == [LOGISTICS, PARTNERS]
    assert reasons(planned([lower, taken], [ACME, GIVEN])) == [LOGISTICS, PARTNERS]
