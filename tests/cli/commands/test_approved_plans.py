"""A plan of what was merged is approved once all owners have approved what its files decide."""

from collections.abc import Iterator

import pytest

from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.merging import ENFORCED, OFFERED, PARCELS, Merging, merging_at
from tests.cli.running import CONFIGURATION, GROUP, Place, Ran
from tests.forge.github_server import GitHub

SLOW = [pytest.mark.no_cover, pytest.mark.real]
LATE = "Hint: approve the merged pull request, then run this job again\n"
MISSING = (
    "Error: local: logistics has not approved: bo can approve (changes access-group/parcels; changes offers"
    " of access-group/parcels)"
)


@pytest.fixture
def merging(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Merging]:
    with merging_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def test_the_digest_of_a_plan_that_all_owners_approved_is_printed_and_written_with_their_approvals(
    merging: Merging,
) -> None:
    head = merging.push(group__parcels=PARCELS)
    link = merging.approve()["html_url"]
    merging.merge()
    digest = merging.read("plan.json")["digest"]

    assert merging.approved() == Ran(0, f"{digest}\n", "")
    assert merging.read("approvals.json") == {
        "format": "reconciler-approvals/1.1",
        "plans": [
            {
                "plan": digest,
                "portal": "local",
                "pullRequest": 1,
                "approvals": [
                    {
                        "owner": "logistics",
                        "reasons": [
                            "changes access-group/parcels",
                            "changes offers of access-group/parcels",
                        ],
                        "approvers": ["bo"],
                        "approvedBy": [{"login": "bo", "commit": head, "link": link}],
                        "uncounted": [],
                        "enforced": True,
                        "problem": "",
                        "standingApproval": "",
                    }
                ],
                "problem": "",
                "hint": "",
            }
        ],
    }


def test_a_missing_approval_is_named_and_a_late_one_counts_when_the_job_runs_again(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.merge()
    missing = merging.approved()
    (written,) = merging.read("approvals.json")["plans"]
    merging.approve()
    late = merging.approved()

    assert missing == Ran(4, "", f"{MISSING}\n{LATE}")
    assert (written["problem"], f"Hint: {written['hint']}\n") == ("", LATE)
    assert late == Ran(0, f"{merging.read('plan.json')['digest']}\n", "")


@pytest.mark.parametrize(
    "method", [pytest.param(("--no-ff",), marks=SLOW), ("--squash",)], ids=["merge", "squash"]
)
def test_an_approval_of_an_older_commit_counts_if_its_files_decide_the_same(
    merging: Merging, method: tuple[str, ...]
) -> None:
    older = merging.push(group__parcels=PARCELS)
    merging.approve()
    (merging.folder / "README.md").write_text("Our partners.\n")
    merging.push()
    merging.merge(*method)
    merging.show(older, merging.read("plan.json")["digest"])
    merging.forget()

    assert merging.approved() == Ran(0, f"{merging.read('plan.json')['digest']}\n", "")


@pytest.mark.no_cover
@pytest.mark.real
def test_in_a_shallow_checkout_everything_is_fetched(
    merging: Merging, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge("--squash")
    git(merging.folder, "push", "-q", str(merging.remote), "main")
    shallow = tmp_path_factory.mktemp("shallow") / "checkout"
    git(merging.folder, "clone", "-q", "--depth=1", "--branch=main", f"file://{merging.remote}", str(shallow))
    plan = merging.folder / "plan.json"
    monkeypatch.chdir(shallow)

    ran = merging.place.run("approved", "--commit", merging.merged, "--plan", str(plan))

    assert ran == Ran(0, f"{merging.read('plan.json')['digest']}\n", "")


def test_what_no_portal_holds_needs_approval_although_nothing_is_applied(merging: Merging) -> None:
    merging.push(group__tracking=OFFERED)
    merging.merge()
    missing = merging.approved()
    merging.approve()

    assert merging.read("plan.json")["changes"] == []
    assert (missing.code, missing.out) == (4, "")
    assert missing.err.startswith(
        "Error: local: logistics has not approved: bo can approve (changes offers of access-group/tracking)\n"
    )
    assert merging.approved() == Ran(0, "", "")


@pytest.mark.parametrize(("text", "code"), [(OFFERED, 4), (GROUP, 0)])
def test_a_push_without_a_pull_request_is_approved_only_if_it_decides_nothing(
    merging: Merging, text: str, code: int
) -> None:
    git(merging.folder, "switch", "-q", "main")
    merging.write(group__tracking=text)
    merging.merged = merging.commit()
    merging.plan()

    ran = merging.approved()

    assert (ran.code, ran.out) == (code, "")
    assert ("no pull request was merged as this commit" in ran.err) is (code == 4)


def test_what_is_not_enforced_is_only_a_warning(merging: Merging) -> None:
    configuration = CONFIGURATION.replace("defaultPortal", "approvals: report\n      defaultPortal")
    merging.write(reconciler=configuration)
    git(merging.folder, "switch", "-q", "main")
    merging.base = merging.commit()
    git(merging.folder, "switch", "-q", "-C", "topic")
    merging.push(group__parcels=PARCELS)
    merging.merge()

    assert merging.approved() == Ran(
        0,
        f"{merging.read('plan.json')['digest']}\n",
        "Warning: local: logistics has not approved, which is not enforced\n",
    )


def test_a_plan_that_the_pull_request_does_not_show_is_not_approved(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge()
    other = f"sha256:{'1' * 64}"
    merging.show(merging.head, other)
    digest = merging.read("plan.json")["digest"]

    ran = merging.approved()

    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (
        4,
        "",
        f"Error: local: the plan is not the approved one: its digest is {digest}, and {other} was approved",
    )


def test_without_a_plan_a_configuration_that_enforces_approvals_is_refused(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge()
    asked = ("approved", "--commit", merging.merged)
    ran = merging.place.run(*asked)
    merging.write(reconciler=CONFIGURATION)
    removed = merging.place.run(*asked)
    merging.write(reconciler=ENFORCED.replace("defaultPortal", "approvals: report\n      defaultPortal"))
    merging.merged = merging.commit()
    merging.state.merge(1, merging.merged)
    merging.merged = merging.commit()
    merging.state.merge(1, merging.merged)
    merging.job.merges(merging.merged)
    reported = merging.place.run("approved", "--commit", merging.merged)

    refused = (
        "Error: the configuration enforces approvals, and only plans show which\n"
        "Hint: give the plans of what was merged with --plan, as `apply.yml` of this version does\n"
    )
    assert (ran, removed) == (Ran(4, "", refused), Ran(4, "", refused))
    assert reported == Ran(0, f"{merging.read('plan.json')['digest']}\n", "")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--plan", "plan.json", "--portal", "local"), "--plan and --portal exclude each other"),
        (("--out", "approvals.json"), "--out needs --plan"),
        (("--plan", "plan.json", "--plan", "plan.json"), "two of the plans are for the same portal"),
        (("--plan", "plan.json", "--out", "reconciler.yaml"), "is not a file of approvals"),
    ],
)
def test_options_that_do_not_fit_are_refused(place: Place, options: tuple[str, ...], expected: str) -> None:
    place.run("plan", "--out", "plan.json")
    ran = place.run("approved", "--commit", "1" * 40, *options)

    assert (ran.code, ran.out, expected in ran.err) == (1, "", True)
