"""Changes on a real Gitea, from the branch to the receipt, and attempts to do without an owner's approval."""

from textwrap import dedent

import httpx2
import pytest

from tests.cli.forging import Job
from tests.cli.gitea_life import CHECK, Life, begin
from tests.cli.running import GROUP, PARTNER, Place
from tests.servers.gitea import GiteaServer

pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]

BOLT = PARTNER.replace("acme", "bolt").replace("Acme", "Bolt").replace("ana@", "bea@")
# A group of logistics gets an API of finance, and is granted to a stranger.
BUNDLE = GROUP.replace("[tracking-v2]", "[tracking-v2, invoices-v1]").replace(
    "[{type: reseller}]",
    "[{type: reseller}]\n      grants: [{developer: eve@stranger.example, until: 2027-06-30, reason: helps}]",
)
BEFORE = {"ana@acme.example tracking-v2"}


@pytest.fixture
def life(place: Place, job: Job, gitea: GiteaServer) -> Life:
    """A repository whose main is applied, where each owner has an approver."""
    return begin(place, job, gitea)


def test_a_partner_is_planned_approved_merged_applied_and_its_drift_reported(life: Life) -> None:
    number = life.open("ana", partners__bolt=BOLT)
    plan = life.plan(number)
    comment, text = life.comment(number)

    assert life.check(number) == ("pending", "Missing: partnerships (pat)")
    assert "| `partnerships` | `partner/bolt` | `pat` |  | ⏳ **missing** |" in text
    assert life.requested(number) == ["pat"]

    life.review(number, "pat")
    life.plan(number)

    assert life.check(number) == ("success", "Approved: partnerships (pat)")
    assert life.access() == BEFORE

    merged = life.merge(number)

    assert (merged.approved.out, merged.applied.code) == (f"{plan['digest']}\n", 0)
    assert life.access() == {*BEFORE, "bea@bolt.example tracking-v2"}
    [approval] = merged.receipt["approvals"]
    assert (approval["owner"], [each["login"] for each in approval["approvedBy"]]) == (
        "partnerships",
        [life.people["pat"].login],
    )
    assert life.comment(number)[0] == comment
    assert "### ✅ Applied to `local`" in life.comment(number)[1]
    assert "- `partnerships`: approved by [`pat`](" in life.comment(number)[1]
    assert life.place.run("plan", "--detailed-exitcode").code == 0

    renamed = BOLT.replace("displayName: Bolt", "displayName: Bolt and Sons")
    assert life.place.write(partners__bolt=renamed).run("apply", "--auto-approve").code == 0
    life.place.write(partners__bolt=BOLT)

    assert life.drift() == [("open", "The portal local differs from the files")]

    life.place.run("apply", "--auto-approve")

    assert life.drift() == [("closed", "The portal local differs from the files")]
    assert life.access() == {*BEFORE, "bea@bolt.example tracking-v2"}


def test_an_api_of_another_owner_is_not_bundled_for_a_stranger_without_that_owner(life: Life) -> None:
    number = life.open("mallory", **{"access-groups__tracking": BUNDLE})
    life.plan(number)
    life.review(number, "ana")
    life.review(number, "liz")
    life.plan(number)
    passed = {"context": CHECK, "state": "success", "description": "Approved"}
    life.ask("POST", f"/statuses/{life.head(number)}", passed, by=life.people["mallory"])
    merged = life.merge(number)

    assert (merged.approved.code, merged.approved.out, merged.applied.code, merged.receipt) == (
        4,
        "",
        4,
        None,
    )
    assert "finance has not approved" in merged.approved.err
    assert life.access() == BEFORE
    text = life.comment(number)[1]
    assert "### 🔴 Merged but not applied to `local`" in text
    assert "| `finance` | `adds their API to access-group/tracking` | `fin` |  | ⏳ **missing** |" in text
    # It is too late for a review.
    with pytest.raises(httpx2.HTTPStatusError, match="422"):
        life.review(number, "fin")


def test_an_approval_of_an_older_head_counts_for_the_same_decisions_alone(life: Life) -> None:
    number = life.open("mallory", **{"access-groups__tracking": BUNDLE})
    life.review(number, "liz")
    life.plan(number)
    waits = life.check(number)
    life.review(number, "fin")
    life.push("mallory", **{"access-groups__tracking": f"# Agreed with finance.\n{dedent(BUNDLE)}"})
    life.plan(number)
    approved = life.check(number)
    life.push("mallory", **{"access-groups__tracking": BUNDLE.replace("2027-06-30", "2028-06-30")})
    life.plan(number)

    assert waits == ("pending", "Missing: finance (fin)")
    assert approved == ("success", "Approved: finance (fin), logistics (liz)")
    assert life.check(number) == ("pending", "Missing: finance (fin), logistics (liz)")

    merged = life.merge(number)

    assert (merged.approved.code, merged.applied.code, life.access()) == (4, 4, BEFORE)


def test_a_merge_that_only_changes_who_can_approve_needs_an_approval_as_well(life: Life) -> None:
    settings = (life.place.folder / "reconciler.yaml").read_text()
    own = settings.replace(life.people["fin"].login, life.people["mallory"].login)
    number = life.open("mallory", reconciler=own)
    life.review(number, "liz")
    life.plan(number)

    assert life.check(number) == ("pending", "Missing: partnerships (pat)")

    merged = life.merge(number)

    assert (merged.approved.code, merged.approved.out) == (4, "")
    assert "partnerships has not approved" in merged.approved.err
