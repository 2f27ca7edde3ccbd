"""The workflow that applies, where approvals are enforced: who has not approved is named, and what waits."""

import pytest

from tests.workflows.partners import FJORDHANDEL, LEAVER, NORDLYS
from tests.workflows.test_run import comments, reached
from tests.workflows.world import World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]
_TRACKING = "access-groups/tracking.yaml"


def enforce(world: World) -> World:
    """Let bo approve for the owners of partners and of tracking."""
    text = (world.place.repository.folder / "reconciler.yaml").read_text()
    for owner in ("partnerships", "tracking"):
        handle = f'"@halden-freight/{owner}"'
        text = text.replace(handle, f"{handle}, approvers: {{github: [bo]}}")
    world.place.repository.push({"reconciler.yaml": text})
    return world


def test_a_merge_is_applied_once_the_missing_owner_has_approved_it_and_the_job_runs_again(
    world: World,
) -> None:
    enforce(world)
    number, _ = world.propose({"partners/nordlys.yaml": NORDLYS, "partners/fjordhandel.yaml": FJORDHANDEL})
    merged = world.merge(number)
    (missing,) = comments(world)
    left = {row["person"] for row in world.place.live("fjordhandel")}

    assert merged.jobs == {"apply": "failure", "report": "success"}
    assert "partnerships has not approved: bo can approve" in merged.log
    assert (LEAVER in left, reached(world)) == (False, set())
    assert "Only the removals of the merge were applied" in missing
    assert "⏳ 1 approval is missing" in missing

    world.github.state.review(number, "bo", "APPROVED")
    again = world.second_attempt().merged(number)

    assert again.jobs == {"apply": "failure", "report": "success"}
    assert "the plan is not the approved one" in again.log


def test_an_approved_merge_is_applied_and_the_receipt_names_who_approved(world: World) -> None:
    enforce(world)
    number, _ = world.propose({"partners/nordlys.yaml": NORDLYS})
    refused = world.merge(number)
    link = world.github.state.review(number, "bo", "APPROVED")["html_url"]
    applied = world.second_attempt().merged(number)
    (receipt,) = world.place.receipts("applied-2").values()
    (comment,) = comments(world)

    assert (refused.jobs, applied.jobs) == (
        {"apply": "failure", "report": "success"},
        {"apply": "success", "report": "success"},
    )
    assert reached(world) == {"tracking-v2", "tracking-events-v1"}
    assert [(each["owner"], each["approvedBy"][0]["link"]) for each in receipt["approvals"]] == [
        ("partnerships", link)
    ]
    assert f"- `partnerships`: approved by [`bo`]({link})" in comment


def test_what_no_portal_holds_waits_for_its_owner_although_nothing_is_applied(world: World) -> None:
    enforce(world)
    text = (world.place.repository.folder / _TRACKING).read_text()
    offered = text.replace("    - {type: external}\n", "    - {type: external}\n    - {type: contractor}\n")
    number, _ = world.propose({_TRACKING: offered})
    refused = world.merge(number)
    missing = comments(world)
    world.github.state.review(number, "bo", "APPROVED")
    approved = world.second_attempt().merged(number)

    assert (refused.jobs, approved.jobs) == (
        {"apply": "failure", "report": "success"},
        {"apply": "success", "report": "success"},
    )
    assert "tracking has not approved: bo can approve" in refused.log
    assert ["Merged without all approvals: no changes to apply to `staging`" in each for each in missing] == [
        True
    ]
    assert ["Merged: no changes to apply to `staging`" in each for each in comments(world)] == [True]
