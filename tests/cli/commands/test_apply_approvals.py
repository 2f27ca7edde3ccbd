"""`apply --approvals` applies the plans that were approved, and its receipt names who approved them."""

import json
from collections.abc import Iterator

import pytest

from tests.cli.forging import Job
from tests.cli.merging import OFFERED, PARCELS, Merging, merging_at
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub

APPLY = ("apply", "--approvals", "approvals.json")
REFUSED = ("--approvals", "approvals.json", "--pull-request", "1")


@pytest.fixture
def merging(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Merging]:
    with merging_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def receipt(merging: Merging) -> str:
    (path,) = (merging.folder / ".reconciler" / "receipts").glob("*.json")
    return str(path.relative_to(merging.folder))


def comment(merging: Merging) -> str:
    (found,) = merging.state.comments
    return str(found["body"])


def test_the_receipt_names_who_approved_in_each_format_and_in_the_comment(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    link = merging.approve()["html_url"]
    merging.merge()
    merging.approved()

    applied = merging.place.run(*APPLY, "--base", merging.base)

    path = receipt(merging)
    (approval,) = merging.read(path)["approvals"]
    shown = merging.place.run("show", path).out
    merging.place.run("comment", "receipt", path, "--plan", "plan.json", "--approvals", "approvals.json")
    assert (applied.code, approval) == (0, merging.read("approvals.json")["plans"][0]["approvals"][0])
    assert f"\nlogistics: approved by bo ({link})\n" in shown
    assert f"\n- `logistics`: approved by [`bo`]({link})\n" in comment(merging)


def test_an_apply_by_hand_records_that_nobody_is_known_to_have_approved(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.merge()
    digest = merging.read("plan.json")["digest"]
    merging.place.run("apply", "--approved", digest, "--base", merging.base)

    path = receipt(merging)
    approvals = merging.read(path)["approvals"]

    assert [(each["owner"], each["approvedBy"], each["enforced"]) for each in approvals] == [
        ("logistics", [], False)
    ]
    assert "\nlogistics: no approval was recorded\n" in merging.place.run("show", path).out
    assert (
        "- `logistics`: no approval was recorded"
        in merging.place.run("show", path, "--format", "markdown").out
    )


def test_what_was_not_approved_is_not_applied_and_the_comment_names_who_is_missing(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.merge()
    merging.approved()

    refused = merging.place.run(*APPLY, "--base", merging.base)
    merging.place.run("comment", "plan", "plan.json", "--merged", *REFUSED)

    assert refused == Ran(
        4,
        "",
        "Error: approvals.json: no plan was approved\nHint: `reconciler approved` shows why\n",
    )
    assert "### 🔴 Merged but not applied to `local`" in comment(merging)
    assert "⏳ 1 approval is missing" in comment(merging)
    assert "What to do: approve the merged pull request, then run this job again." in comment(merging)


def test_after_a_late_approval_the_comment_says_that_nothing_has_to_be_applied(merging: Merging) -> None:
    merging.push(group__tracking=OFFERED)
    merging.merge()
    merging.approved()
    merging.place.run("comment", "plan", "plan.json", "--merged", *REFUSED)
    before = comment(merging)
    merging.approve()
    merging.approved()
    merging.place.run("comment", "plan", "plan.json", "--merged", *REFUSED)

    assert "### 🔴 Merged without all approvals: no changes to apply to `local`" in before
    assert "### ⚪ Merged: no changes to apply to `local`" in comment(merging)


def test_a_later_attempt_without_changes_keeps_the_receipt_in_the_comment(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge()
    merging.approved()
    merging.place.run(*APPLY, "--base", merging.base)
    merging.place.run("comment", "receipt", receipt(merging), "--plan", "plan.json")
    before = comment(merging)
    merging.plan()
    again = merging.approved()
    kept = merging.place.run("comment", "plan", "plan.json", "--merged", *REFUSED)

    assert (again, kept) == (
        Ran(0, "", ""),
        Ran(0, "", "Comment on #1: the receipt of an earlier attempt is kept.\n"),
    )
    assert comment(merging) == before


def test_removals_need_no_approval(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.merge()
    merging.approved()
    merging.place.run("apply", "--only-removals", "--auto-approve", "--base", merging.base, "--format=json")

    assert merging.read(receipt(merging))["approvals"] == []


VALID = {
    "plan": f"sha256:{'1' * 64}",
    "portal": "local",
    "pullRequest": 1,
    "approvals": [],
    "problem": "",
    "hint": "",
}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "these are not valid approvals: Expected `object`, got `array`"),
        ({"plans": [VALID], "format": "reconciler-approvals/2.0"}, "these are not approvals of format"),
        ({"plans": [VALID, VALID]}, "these are not valid approvals: a portal has several plans"),
        (
            {"plans": [{**VALID, "plan": "sha256:x"}]},
            "these are not valid approvals: Expected `str` matching",
        ),
        ({"plans": [{**VALID, "portal": "../x"}]}, "these are not valid approvals: Expected `str` matching"),
        (
            {
                "plans": [
                    {
                        **VALID,
                        "approvals": [
                            {
                                "owner": "logistics",
                                "reasons": [],
                                "approvedBy": [
                                    {"login": "bo", "commit": None, "link": "javascript:alert(1)"}
                                ],
                            }
                        ],
                    }
                ]
            },
            "these are not valid approvals: Expected `str` matching",
        ),
        ({"plans": [{**VALID, "problem": "no"}]}, "no plan was approved"),
    ],
)
def test_a_file_that_is_not_valid_approves_nothing(place: Place, document: object, said: str) -> None:
    (place.folder / "approvals.json").write_text(json.dumps(document))

    ran = place.run(*APPLY)

    assert (ran.code in {1, 4}, ran.out) == (True, "")
    assert ran.err.startswith(f"Error: approvals.json: {said}")


def test_approvals_and_digests_exclude_each_other(place: Place) -> None:
    ran = place.run(*APPLY, "--approved", f"sha256:{'1' * 64}")

    assert (ran.code, "--approved and --approvals exclude each other" in ran.err) == (1, True)


def test_before_the_merge_no_file_of_approvals_is_used(merging: Merging) -> None:
    ran = merging.place.run("comment", "plan", "plan.json", "--approvals", "approvals.json")

    assert (ran.code, "--approvals needs --merged" in ran.err) == (1, True)
