"""A branch takes what another owner decides about; its pull request waits until that owner has approved."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import github, job, street
from tests.cli.forging import Job
from tests.cli.merging import ENFORCED, PARCELS, RENAMED, Merging, merging_at
from tests.cli.running import CATALOG, GROUP, PARTNER, Place
from tests.forge.github_server import GitHub

__all__ = ["github", "job", "street"]
CHECK = "reconciler/approvals"
OWNED = CATALOG.replace("[{name: tracking-v2", "[{name: invoices, owner: partnerships}, {name: tracking-v2")
TAKEN = GROUP.replace("apis: [tracking-v2]", "apis: [tracking-v2, invoices]")
STRANGER = PARTNER.replace("name: acme}", "name: stranger}").replace("acme.example", "stranger.example")


@pytest.fixture
def merging(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Merging]:
    place.write(catalog=OWNED)
    with merging_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        # The portal has what the base says.
        place.run("apply", "--auto-approve")
        yield made


def reported(merging: Merging, *, config: str = ENFORCED) -> tuple[str | None, str]:
    """Plan the branch and report it; return the conclusion and the title of the check of its head."""
    merging.place.write(reconciler=config)
    merging.place.run("plan", "--base", merging.base, "--out", "plan.json")
    merging.job.reviews(head=merging.head)
    ran = merging.place.run("comment", "plan", "plan.json")
    runs = [each for each in merging.state.check_runs if each["name"] == CHECK]
    assert (ran.code, runs[-1]["head_sha"]) == (0, merging.head)
    return runs[-1]["conclusion"], runs[-1]["output"]["title"]


def comment(merging: Merging) -> str:
    return str(merging.state.comments[0]["body"])


def test_a_group_owner_cannot_give_the_api_of_another_owner_to_a_stranger(merging: Merging) -> None:
    merging.push(group__tracking=TAKEN, partners__stranger=STRANGER)
    before = reported(merging)
    merging.approve("bo")
    group_owner = reported(merging)
    merging.approve("cy")

    assert (before, group_owner, reported(merging)) == (
        (None, "Missing: logistics (bo), partnerships (cy)"),
        (None, "Missing: partnerships (cy)"),
        ("success", "Approved: logistics (bo), partnerships (cy)"),
    )


def test_a_merge_that_gives_the_api_of_another_owner_to_a_stranger_is_not_approved(merging: Merging) -> None:
    merging.push(group__tracking=TAKEN, partners__stranger=STRANGER)
    merging.approve("bo")
    merging.merge()
    early = merging.approved()
    merging.approve("cy")
    late = merging.approved()

    assert (early.code, early.out, "partnerships has not approved: cy can approve" in early.err) == (
        4,
        "",
        True,
    )
    assert (late.code, late.out) == (0, f"{merging.read('plan.json')['digest']}\n")


def test_an_api_that_changes_hands_needs_its_owner(merging: Merging) -> None:
    merging.push(group__tracking=TAKEN)
    merging.approve("bo")

    assert reported(merging) == (None, "Missing: partnerships (cy)")
    assert "| `partnerships` | `adds their API to access-group/tracking` | `cy` |" in comment(merging)


def test_an_approval_of_an_older_commit_covers_a_newer_one_that_decides_the_same(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve("bo")
    first = reported(merging)
    (merging.folder / "README.md").write_text("Our partners.\n")
    merging.push()

    assert (first, reported(merging)) == (("success", "Approved: logistics (bo)"),) * 2


def test_an_approval_of_an_older_commit_does_not_cover_another_decision(merging: Merging) -> None:
    older = merging.push(group__parcels=PARCELS)
    merging.approve("bo")
    first = reported(merging)
    merging.push(group__parcels=RENAMED)

    assert (first, reported(merging)) == (
        ("success", "Approved: logistics (bo)"),
        (None, "Missing: logistics (bo)"),
    )
    assert f"`given for {older[:12]}, which had another plan; approve again`" in comment(merging)


def test_a_branch_does_not_turn_approvals_off_for_itself(merging: Merging) -> None:
    off = ENFORCED.replace("defaultPortal:", "approvals: off\n      defaultPortal:")
    merging.place.write(reconciler=off)
    merging.push(group__parcels=PARCELS)
    conclusion, title = reported(merging, config=off)

    assert (conclusion, "logistics (bo)" in title) == (None, True)
