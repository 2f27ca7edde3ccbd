"""A plan as people read it."""

# ruff: noqa: E501  what is printed is as wide as it is

import msgspec
import pytest

from reconciler.diff import adoption
from reconciler.model.access import Impact
from reconciler.model.approval import ApprovalMode
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Approval, Plan, Summary
from reconciler.model.resource import Resource
from reconciler.render import html, markdown
from tests.builders import group, partner, product, team
from tests.render.plans import bare, from_to, held, lines, plan_of, read
from tests.states import live, wanted

INTEGRATION = team("integration", "ana@acme.example", access=["tracking"])
FINANCE = team("finance", "cy@acme.example", members=["bo@acme.example"])
ACME = partner("acme", INTEGRATION, FINANCE, domains=["acme.example"])
GROUP = group("tracking", apis=["labels"], products=["shipping"])
PRODUCT = product("shipping", apis=["rates"])
ALL = (ACME, GROUP, PRODUCT)


def sections(made: Plan) -> str:
    """Return what is read between the first line and the list of who gains access."""
    return read(made).partition("\n\n")[2].partition("\n\nWho gains access")[0] + "\n"


def gains_and_losses(made: Plan) -> str:
    """Return what is read from the list of who gains access on."""
    return "Who gains access" + read(made).partition("Who gains access")[2]


def test_creations_have_file_and_line_and_show_who_gains_access() -> None:
    assert read(from_to([], ALL)) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          + partner     acme              reseller Acme  :4
          + team        finance           listed         :18
              + admin   cy@acme.example                  :20
              + member  bo@acme.example                  :22
          + team        integration       delegated      :13
              + admin   ana@acme.example                 :15
              + grant   → tracking        consume        :17

        access group tracking  access-groups/tracking.yaml
          + group    tracking  Tracking  :4
          + API      labels              :11
          + product  shipping            :13

        API product shipping  access-groups/shipping.yaml
          + product  shipping  Shipping  :4
          + API      rates               :9

        Who gains access
          + acme/integration, 1 person: ana@acme.example
              labels, rates  none → consume  via tracking
        Who loses access
          nobody

        Risks
          high    Access opened: `labels` (restricted) is now open to 1 person (`acme/integration`)
          high    Access opened: `rates` (restricted) is now open to 1 person (`acme/integration`)
          medium  New admin: `cy@acme.example` becomes an admin of `acme/finance`
          medium  New admin: `ana@acme.example` becomes an admin of `acme/integration`
          medium  New e-mail domain: `acme` may now have people with addresses at `acme.example`

        Plan: 12 to create, 0 to update, 0 to delete; 0 unchanged. 1 person gains access, nobody loses access.
        """
    )


def test_updates_show_old_and_new_values_and_who_loses_access() -> None:
    viewing = team("integration", "ana@acme.example", access=[{"group": "tracking", "level": "view"}])
    now = partner("acme", viewing, FINANCE, domains=["acme.example", "acme.test"], displayName="Acme Ltd")

    assert read(from_to(ALL, [now, GROUP, PRODUCT])) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          ~ partner    acme         displayName: Acme → "Acme Ltd"; domains: + acme.test  :4
            team       integration
              ~ grant  → tracking   level: consume → view                                 :18

        Who gains access
          nobody
        Who loses access
          - acme/integration, 1 person: ana@acme.example
              labels, rates  consume → view  via tracking

        Risks
          medium  New e-mail domain: `acme` may now have people with addresses at `acme.test`
          low     Access level lowered: `acme/integration` has `tracking` with level `view` (was `consume`)

        Plan: 0 to create, 2 to update, 0 to delete; 10 unchanged. Nobody gains access, 1 person loses access.
        """
    )


def test_deletions_have_the_old_name_and_no_line() -> None:
    assert sections(from_to(ALL, [])) == lines(
        """
        partner acme
          - partner     acme
          - team        finance
              - admin   cy@acme.example
              - member  bo@acme.example
          - team        integration
              - admin   ana@acme.example
              - grant   → tracking

        access group tracking
          - group    tracking
          - API      labels
          - product  shipping

        API product shipping
          - product  shipping
          - API      rates
        """
    )


def test_automatic_removals_have_a_reason() -> None:
    ended = team("integration", "ana@acme.example", access=[{"group": "tracking", "until": "2026-11-01"}])
    now = partner("acme", ended, FINANCE, domains=["acme.example"], blocked=["bo@acme.example"])

    assert sections(from_to(ALL, [now, GROUP, PRODUCT])) == lines(
        """
        partner acme  partners/acme.yaml
          ~ partner     acme             blocked: + bo@acme.example  :4
            team        finance
              - member  bo@acme.example  (blocked)
            team        integration
              - grant   → tracking       (expired)
        """
    )


def test_who_is_suspended_loses_its_grants_because_of_that() -> None:
    now = partner("acme", INTEGRATION, FINANCE, domains=["acme.example"], status="suspended")

    assert sections(from_to(ALL, [now, GROUP, PRODUCT])) == lines(
        """
        partner acme  partners/acme.yaml
          ~ partner    acme         status: active → suspended  :4
            team       integration
              - grant  → tracking   (suspended)
        """
    )


def test_renames_show_the_old_name() -> None:
    money = team("money", "cy@acme.example", members=["bo@acme.example"], previously="finance")
    now = partner("apex", INTEGRATION, money, domains=["acme.example"], metadata={"previously": "acme"})

    assert read(from_to(ALL, [now, GROUP, PRODUCT])) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner apex  partners/apex.yaml
          ~ partner  apex   renamed from acme; displayName: Acme → Apex              :4
          ~ team     money  renamed from acme/finance; displayName: finance → money  :19

        Who gains access
          nobody
        Who loses access
          nobody

        Plan: 0 to create, 2 to update, 0 to delete; 10 unchanged. Nobody gains or loses access.
        """
    )


def test_a_plan_that_deletes_what_has_ended_says_what_a_saved_plan_needs() -> None:
    made = from_to(ALL, [partner("acme", INTEGRATION, FINANCE, status="ended"), GROUP, PRODUCT])

    assert read(made).split("\n\n")[-2:] == [
        (
            "A saved plan does not prove that something has ended: `reconciler apply PLAN` needs"
            f" --allow {made.digest}, `reconciler apply` does not."
        ),
        "Plan: 0 to create, 0 to update, 7 to delete; 5 unchanged. Nobody gains access, 1 person loses access.\n",
    ]


def test_an_invitation_that_ended_unanswered_is_sent_again() -> None:
    asked = "membership/acme/finance/bo@acme.example"
    unanswered = Resource(asked, {"role": "member"}, None, "expired", "2026-11-01T00:00:00Z")
    known = [unanswered if each.id == asked else each for each in held(*ALL)]

    assert sections(plan_of(live(known), *ALL)) == lines(
        """
        partner acme  partners/acme.yaml
            team        finance
              + member  bo@acme.example  invited again  :22
        """
    )


def test_what_is_adopted_is_taken_over_as_it_is() -> None:
    state = live(
        Resource(each.id, each.fields, None if each.id == "partner/acme" else each.owner_label)
        for each in held(*ALL)
    )
    changes = adoption(wanted(*ALL), state, ["partner/acme"]).changes

    assert read(bare(changes=changes, summary=Summary(adopt=1, unchanged=3, unmanaged=2))) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          = partner  acme  adopted without changes  :4

        Who gains access
          nobody
        Who loses access
          nobody

        Plan: 0 to create, 0 to update, 0 to delete, 1 to adopt; 3 unchanged, 2 not managed here. Nobody gains or loses access.
        """
    )


def test_a_team_that_has_nobody_yet_gains_too() -> None:
    gone = [each for each in held(*ALL) if each.kind not in {"membership", "grant"}]
    state = live(each for each in gone)
    made = plan_of(state, partner("acme", INTEGRATION, FINANCE, domains=["acme.example"]), GROUP, PRODUCT)
    rows = made.access.gained
    nobody = tuple(msgspec.structs.replace(row, people=()) for row in rows)

    assert gains_and_losses(bare(changes=made.changes, access=Impact(gained=nobody))) == lines(
        """
        Who gains access
          + acme/integration, no members yet
              labels, rates  none → consume  via tracking
        Who loses access
          nobody

        Plan: 0 to create, 0 to update, 0 to delete; 0 unchanged. Nobody gains or loses access.
        """
    )


def test_a_grant_to_a_single_person_names_the_person_and_the_end() -> None:
    grant = {
        "developer": "sam@indie.example",
        "level": "view",
        "until": "2027-03-31",
        "reason": "pilot, API-4312",
    }
    now = group("tracking", apis=["labels"], products=["shipping"], grants=[grant])

    assert read(from_to([GROUP, PRODUCT], [now, PRODUCT])) == lines(
        """
        Plan for local (our-company), 2026-11-24

        access group tracking  access-groups/tracking.yaml
          + grant  sam@indie.example  view until 2027-03-31 "pilot, API-4312"  :15

        Who gains access
          + sam@indie.example
              labels, rates  none → view  via tracking, until 2027-03-31
        Who loses access
          nobody

        Risks
          high  Access opened: `labels` (restricted) can now be viewed by 1 person (`sam@indie.example`)
          high  Access opened: `rates` (restricted) can now be viewed by 1 person (`sam@indie.example`)

        Plan: 1 to create, 0 to update, 0 to delete; 5 unchanged. 1 person gains access, nobody loses access.
        """
    )


def test_a_denied_plan_is_shown_with_what_denies_it() -> None:
    denied = Finding(
        rule="admin-domain",
        severity=Severity.ERROR,
        message="sam@else.example is not of acme.example",
        hint="name another admin",
        file="partners/acme.yaml",
        line=15,
        column=9,
    )
    now = partner("acme", domains=["acme.example"])

    assert read(from_to([], [now], findings=(denied,))) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          + partner  acme  reseller Acme  :4

        Who gains access
          nobody
        Who loses access
          nobody

        Risks
          medium  New e-mail domain: `acme` may now have people with addresses at `acme.example`

        partners/acme.yaml:15:9: error: sam@else.example is not of acme.example; name another admin [admin-domain]

        Plan: 1 to create, 0 to update, 0 to delete; 0 unchanged. Nobody gains or loses access. Denied by 1 error.
        """
    )


def test_required_approvals_follow_the_changes() -> None:
    asked = (
        Approval("logistics", "gives access to tracking", ("grant/tracking/team/acme/ops",)),
        Approval("logistics", "adds their API to pilot", ("access-item/pilot/api/labels",)),
        Approval("partnerships", "changes acme", ("partner/acme",)),
    )
    now = partner("acme", domains=["acme.example"])

    assert read(from_to([], [now], approvals=asked)) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          + partner  acme  reseller Acme  :4

        Who gains access
          nobody
        Who loses access
          nobody

        Risks
          medium  New e-mail domain: `acme` may now have people with addresses at `acme.example`

        Required approvals
          logistics     gives access to tracking, adds their API to pilot
          partnerships  acme

        Plan: 1 to create, 0 to update, 0 to delete; 0 unchanged. Nobody gains or loses access.
        """
    )


def test_required_approvals_name_the_people_who_can_give_them() -> None:
    made = bare(
        approvals=(
            Approval("logistics", "changes access-group/gold", ()),
            Approval("payments", "adds it", ()),
        ),
        approvers={
            "logistics": {"github": ("@our/logistics",), "gitea": ("ana", "ben"), "unknown": ("mallory",)},
            "payments": {"gitlab": tuple(f"user{number}" for number in range(8))},
        },
    )

    assert [line for line in read(made).splitlines() if "ask" in line] == [
        "  logistics  access-group/gold; ask @our/logistics on GitHub or ana, ben on Gitea",
        "  payments   adds it; ask user0, user1, user2, user3, user4, user5 and 2 more on GitLab",
    ]
    assert "- `logistics`: `access-group/gold`; ask `@our/logistics` on GitHub or `ana`, `ben` on Gitea" in (
        markdown.plan(made).splitlines()
    )
    assert (
        "<li>access-group/gold</li><li>ask @our/logistics on GitHub or ana, ben on Gitea</li>"
        in html.plan(made)
    )


@pytest.mark.parametrize(
    ("mode", "shown"),
    [("enforce", "; nobody can approve yet: add approvers"), (None, ""), ("report", "")],
)
def test_where_all_owners_must_approve_one_without_approvers_is_named(
    mode: ApprovalMode | None, shown: str
) -> None:
    made = bare(approvals=(Approval("logistics", "adds it", ()),), approval_mode=mode)

    assert f"  logistics  adds it{shown}" in read(made).splitlines()


def test_an_incomplete_plan_has_a_notice() -> None:
    assert read(bare(complete=False)) == lines(
        """
        Plan for local (our-company), 2026-11-24

        The portal was not read completely, so this plan cannot be evaluated or applied.
        Plan: 0 to create, 0 to update, 0 to delete; 0 unchanged. Nobody gains or loses access.
        """
    )


def test_an_empty_plan_ends_with_no_changes() -> None:
    assert read(from_to(ALL, ALL)) == "No changes.\n"


def test_an_empty_plan_with_findings_shows_both() -> None:
    note = Finding(rule="unused-offer", severity=Severity.INFO, message="nobody takes it up")

    assert read(bare(findings=(note,))) == "note: nobody takes it up [unused-offer]\nNo changes.\n"


def test_a_denied_plan_without_changes_does_not_end_as_if_all_was_well() -> None:
    denial = Finding(rule="not-managed", severity=Severity.ERROR, message="it exists")

    assert read(bare(findings=(denial,))) == (
        "error: it exists [not-managed]\nDenied by 1 error: no changes are planned.\n"
    )


def test_what_is_not_managed_is_counted_where_nothing_changes() -> None:
    assert read(bare(summary=Summary(unmanaged=184))) == (
        "184 objects in the portal are not managed here. To manage objects, define them in files"
        " and run `reconciler adopt --all-desired`.\nNo changes.\n"
    )


def test_a_team_that_moves_shows_the_partner_that_it_comes_from() -> None:
    before = [partner("acme", INTEGRATION, FINANCE), partner("bolt", team("ops", "cy@bolt.example"))]
    moved = team("finance", "cy@acme.example", members=["bo@acme.example"], previously="acme/finance")
    after = [partner("acme", INTEGRATION), partner("bolt", team("ops", "cy@bolt.example"), moved)]

    shown = read(from_to([*before, GROUP, PRODUCT], [*after, GROUP, PRODUCT]))

    assert [line.split() for line in shown.splitlines() if "renamed" in line] == [
        ["~", "team", "finance", "renamed", "from", "acme/finance", ":14"]
    ]
