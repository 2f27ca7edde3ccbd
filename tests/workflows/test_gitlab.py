"""The pipeline for GitLab: what starts which job, and what the jobs do."""

from typing import Any, Final

import pytest

from tests.workflows.gitlab_runner import GitLabRunner, jobs, merge_request, on_main, started
from tests.workflows.partners import FJORDHANDEL, LEAVER, NORDLYS
from tests.workflows.place import Place

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

APPROVALS: Final = "reconciler/approvals"
TRACKING: Final = "access-groups/tracking.yaml"
COMMIT: Final = "5" * 40
ENDED: Final = NORDLYS.replace("spec:\n", "spec:\n  status: ended\n")
# Whoever takes what stands in these places takes what somebody committed.
FORGED: Final = dict.fromkeys(
    [".reconciler/receipts/9.json", "applied/plans/staging.json", "plan/plans/staging.json"], "{}"
)


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (merge_request(1, COMMIT, COMMIT), ["validate", "plan"]),
        (merge_request(1, COMMIT, COMMIT, source="77"), ["validate", "plan without a portal"]),
        (merge_request(1, COMMIT, COMMIT, target="mine"), ["validate", "another target"]),
        (
            merge_request(1, COMMIT, COMMIT, source="77", target="mine"),
            ["validate", "another target", "plan without a portal"],
        ),
        (on_main("push", COMMIT), ["validate", "apply"]),
        (on_main("web", COMMIT), ["validate", "apply everything"]),
        (on_main("schedule", COMMIT), ["validate", "daily"]),
        (on_main("push", COMMIT, RECONCILER_PORTAL=""), ["validate"]),
        ({**merge_request(1, COMMIT, COMMIT), "RECONCILER_PORTAL": ""}, ["validate"]),
        ({**on_main("push", COMMIT), "CI_COMMIT_BRANCH": "a-branch"}, []),
        ({**on_main("web", COMMIT), "CI_COMMIT_BRANCH": "a-branch"}, []),
    ],
    ids=[
        "merge request",
        "of a fork",
        "into another branch",
        "of a fork into another branch",
        "push to main",
        "by hand",
        "schedule",
        "push without a portal",
        "merge request without a portal",
        "push to a branch",
        "branch by hand",
    ],
)
def test_each_event_starts_the_jobs_that_it_should(known: dict[str, str], names: list[str]) -> None:
    assert started(known) == names


def test_whatever_writes_to_the_portal_waits_for_its_turn_and_is_not_interrupted() -> None:
    writing = {name for name, job in jobs().items() if "reconciler apply" in "\n".join(job["script"])}

    assert writing == {"apply", "apply everything", "daily"}
    assert {jobs()[name]["resource_group"] for name in writing} == {"reconciler-writes"}
    assert {jobs()[name]["interruptible"] for name in writing} == {False}
    assert {jobs()[name]["environment"] for name in writing} == {"reconciler-apply"}


def test_a_merge_request_is_checked_planned_approved_and_applied_once_merged(gitlab: GitLabRunner) -> None:
    place = gitlab.place
    number, known = gitlab.propose({"partners/nordlys.yaml": NORDLYS, **FORGED})
    checked = gitlab.run("validate", "read", known)

    assert checked.returncode == 0, checked.stdout
    assert [each["check_name"] for each in place.artifact("gl-code-quality-report.json")] == [
        "grant-to-person"
    ]

    planned = gitlab.run("plan", "read", known)

    assert planned.returncode == 0, planned.stdout
    plan = place.artifact("plan/plans/staging.json")
    assert place.kept("plan") == ["plans", "staging", "staging.html"]
    status, approvals = gitlab.forge.statuses
    assert (approvals["name"], approvals["status"]) == ("reconciler/approvals", "success")
    assert (status["name"], status["status"]) == ("reconciler plan (staging)", "success")
    assert plan["digest"] in status["description"]
    assert "nordlys/shop" in notes(gitlab)[0]

    pipeline = gitlab.merge(number)
    applied = gitlab.run("apply", "admin", pipeline)

    assert applied.returncode == 0, applied.stdout
    assert {row["api"] for row in place.live("nordlys")} == {"tracking-v2", "tracking-events-v1"}
    (receipt,) = place.kept("receipts")
    assert place.artifact(f"receipts/{receipt}")["plan"] == plan["digest"]
    assert len(notes(gitlab)) == 1
    assert "Applied to `staging`" in notes(gitlab)[0]

    place.repository.push({"partners/nordlys.yaml": ENDED})
    (place.portal / "partners" / "nordlys.yaml").write_text(ENDED)
    place.reconcile("apply", "--auto-approve")
    again = gitlab.run("apply", "admin", pipeline)

    assert (again.returncode, place.live("nordlys")) == (4, [])
    assert "main has newer commits than" in again.stdout
    assert "Merged but not applied" in notes(gitlab)[0]


def test_two_portals_are_planned_approved_and_applied_each_with_its_receipt(
    gitlab: GitLabRunner, production: Place
) -> None:
    several, names = gitlab.at("staging, production"), ("staging", "production")
    number, known = several.propose({"partners/nordlys.yaml": NORDLYS})

    planned = several.run("plan", "read", known)

    assert planned.returncode == 0, planned.stdout
    digests = {name: several.place.artifact(f"plan/plans/{name}.json")["digest"] for name in names}
    assert len({*digests.values()}) == len(names)
    assert {(each["name"], each["status"]) for each in gitlab.forge.statuses} == {
        ("reconciler plan (production)", "success"),
        ("reconciler plan (staging)", "success"),
        ("reconciler/approvals", "success"),
    }

    applied = several.run("apply", "admin", several.merge(number))

    assert applied.returncode == 0, applied.stdout
    kept = [several.place.artifact(f"receipts/{each}") for each in several.place.kept("receipts")]
    assert {each["portal"]: (each["plan"], each["outcome"]) for each in kept} == {
        name: (digest, "complete") for name, digest in digests.items()
    }
    assert sorted(f"Applied to `{name}`" in note for name in names for note in notes(gitlab)) == [
        False,
        False,
        True,
        True,
    ]
    in_production = {row["api"] for row in production.live("nordlys")}
    assert in_production == {row["api"] for row in several.place.live("nordlys")}
    assert in_production == {"tracking-v2", "tracking-events-v1"}


def test_a_merge_request_waits_for_its_owner_and_the_job_that_runs_again_sees_the_approval(
    gitlab: GitLabRunner,
) -> None:
    gitlab.enforce()
    gitlab.forge.user("bo")
    number, known = gitlab.propose({"partners/nordlys.yaml": NORDLYS})
    first = gitlab.run("plan", "read", known)
    waiting = gitlab.status(APPROVALS)
    gitlab.forge.approve(number, "bo")
    second = gitlab.run("plan", "read", known)

    assert (first.returncode, second.returncode) == (0, 0), second.stdout
    assert (waiting, gitlab.status(APPROVALS)) == (
        "pending: Missing: partnerships (bo)",
        "success: Approved: partnerships (bo)",
    )
    assert [each["username"] for each in gitlab.forge.merge_requests[number]["reviewers"]] == ["bo"]

    applied = gitlab.run("apply", "admin", gitlab.merge(number))
    (receipt,) = gitlab.place.kept("receipts")
    link = gitlab.forge.merge_requests[number]["web_url"]

    assert applied.returncode == 0, applied.stdout
    assert {row["api"] for row in gitlab.place.live("nordlys")} == {"tracking-v2", "tracking-events-v1"}
    given = [each["approvedBy"] for each in gitlab.place.artifact(f"receipts/{receipt}")["approvals"]]
    assert given == [[{"login": "bo", "commit": known["CI_COMMIT_SHA"], "link": link}]]


def test_a_merge_without_an_approval_applies_only_its_removals(gitlab: GitLabRunner) -> None:
    gitlab.enforce()
    files = {"partners/nordlys.yaml": NORDLYS, "partners/fjordhandel.yaml": FJORDHANDEL}
    number, known = gitlab.propose(files)
    gitlab.run("plan", "read", known)

    applied = gitlab.run("apply", "admin", gitlab.merge(number))

    left = {row["person"] for row in gitlab.place.live("fjordhandel")}
    assert (applied.returncode, gitlab.place.live("nordlys"), LEAVER in left) == (4, [], False)
    assert "partnerships has not approved: bo can approve" in applied.stdout
    assert "⏳ 1 approval is missing" in notes(gitlab)[0]


def test_what_no_portal_holds_waits_for_its_owner_although_nothing_is_applied(gitlab: GitLabRunner) -> None:
    gitlab.enforce()
    text = (gitlab.place.repository.folder / TRACKING).read_text()
    offered = text.replace("    - {type: external}\n", "    - {type: external}\n    - {type: contractor}\n")
    number, _ = gitlab.propose({TRACKING: offered})
    pipeline = gitlab.merge(number)
    refused = gitlab.run("apply", "admin", pipeline)
    gitlab.forge.approve(number, "bo")
    applied = gitlab.run("apply", "admin", pipeline)

    assert (refused.returncode, applied.returncode) == (4, 0), applied.stdout
    assert "tracking has not approved: bo can approve" in refused.stdout


@pytest.mark.usefixtures("production")
def test_a_portal_that_cannot_be_planned_is_not_forgotten_where_the_others_have_nothing_to_apply(
    gitlab: GitLabRunner,
) -> None:
    several = gitlab.at("staging, production")
    number, _ = several.propose({"README.md": "Our partners.\n"})
    pipeline = several.merge(number)
    gitlab.place.line.add("GET /.*", status=401)

    assert several.run("apply", "admin", pipeline).returncode == 5


def test_the_rules_are_those_of_the_target_branch_wherever_a_branch_began(gitlab: GitLabRunner) -> None:
    strict = (gitlab.place.repository.folder / "reconciler.yaml").read_text()
    lax = strict.replace("  rules:\n", "  rules:\n    agreement-missing: off\n")
    gitlab.place.repository.push({"reconciler.yaml": lax})
    without = NORDLYS.replace("  agreement: MSA-2026-101\n", "")
    _, known = gitlab.propose({"partners/nordlys.yaml": without})
    gitlab.place.repository.push({"reconciler.yaml": strict})

    planned = gitlab.run("plan", "read", known)

    assert planned.returncode == 3, planned.stdout
    assert "agreement-missing" in planned.stdout


def test_a_fork_compares_its_files_without_a_secret(gitlab: GitLabRunner) -> None:
    number, known = gitlab.propose({"partners/nordlys.yaml": NORDLYS})
    base = known["CI_MERGE_REQUEST_DIFF_BASE_SHA"]
    of_fork = merge_request(number, known["CI_COMMIT_SHA"], base, source="77")

    planned = gitlab.run("plan without a portal", "none", of_fork)

    assert (planned.returncode, "siri@nordlys.example" in planned.stdout) == (0, True)
    assert gitlab.forge.requests == []


def test_what_no_merge_request_was_approved_with_is_not_applied(gitlab: GitLabRunner) -> None:
    before, after = gitlab.place.repository.push({"partners/nordlys.yaml": NORDLYS})
    gitlab.forge.commits.add(after)

    applied = gitlab.run("apply", "admin", on_main("push", after, CI_COMMIT_BEFORE_SHA=before))

    assert (applied.returncode, gitlab.place.live("nordlys")) == (4, [])


def test_who_leaves_is_out_although_the_rest_of_the_merge_was_not_approved(gitlab: GitLabRunner) -> None:
    files = {"partners/nordlys.yaml": NORDLYS, "partners/fjordhandel.yaml": FJORDHANDEL}
    before, after = gitlab.place.repository.push(files)
    gitlab.forge.commits.add(after)

    applied = gitlab.run("apply", "admin", on_main("push", after, CI_COMMIT_BEFORE_SHA=before))

    left = {row["person"] for row in gitlab.place.live("fjordhandel")}
    assert (applied.returncode, gitlab.place.live("nordlys"), len(left) > 0) == (4, [], True)
    assert LEAVER not in left


def test_where_nothing_governs_a_push_it_ends_well_and_asks_for_a_pipeline_by_hand(
    gitlab: GitLabRunner,
) -> None:
    repository = gitlab.place.repository
    valid = (repository.folder / "reconciler.yaml").read_text()
    before, broken = repository.push({"reconciler.yaml": "kind: Nothing\n"})
    _, repaired = repository.push({"reconciler.yaml": valid, "partners/nordlys.yaml": NORDLYS})

    refused = gitlab.run("apply", "admin", on_main("push", broken, CI_COMMIT_BEFORE_SHA=before))
    repairing = gitlab.run("apply", "admin", on_main("push", repaired, CI_COMMIT_BEFORE_SHA=broken))
    first = gitlab.run("apply", "admin", on_main("push", repaired, CI_COMMIT_BEFORE_SHA="0" * 40))

    assert (refused.returncode, repairing.returncode, first.returncode) == (1, 0, 0)
    for ran in (repairing, first):
        assert "has no valid configuration: run a pipeline by hand." in ran.stdout
    assert gitlab.place.live("--partner=nordlys") == []


def test_drift_is_kept_in_one_issue_until_a_full_apply_by_hand_ends_it(gitlab: GitLabRunner) -> None:
    cargolane = gitlab.place.portal / "partners" / "cargolane.yaml"
    cargolane.write_text(cargolane.read_text().replace("Cargolane Sp. z o.o.", "Somebody else"))
    gitlab.place.reconcile("apply", "--auto-approve")
    renamed = (gitlab.place.repository.folder / "partners" / "cargolane.yaml").read_text()
    renamed = renamed.replace("Cargolane Sp. z o.o.", "Cargolane SE")
    old, main = gitlab.place.repository.push({"partners/cargolane.yaml": renamed})
    waited = on_main("schedule", old)

    assert gitlab.run("daily", "admin", waited).returncode == 2
    assert [each["state"] for each in gitlab.forge.issues] == ["opened"]

    digest = gitlab.place.artifact("applied/plans/staging.json")["digest"]
    by_hand = on_main("web", main, DIGEST=digest)
    added = gitlab.run("apply everything", "admin", {**by_hand, "BASE": main})
    assert (added.returncode, "No changes." in added.stdout) == (0, True), added.stdout
    assert gitlab.run("apply everything", "admin", {**by_hand, "CI_COMMIT_SHA": old}).returncode == 4
    assert gitlab.run("apply everything", "admin", by_hand).returncode == 0
    assert gitlab.run("daily", "admin", waited).returncode == 0
    assert [each["state"] for each in gitlab.forge.issues] == ["closed"]


def test_drift_is_told_also_where_what_has_ended_cannot_be_taken_away(gitlab: GitLabRunner) -> None:
    path = "partners/fjordhandel.yaml"
    ended = (gitlab.place.portal / path).read_text().replace("until: 2028-08-31", "until: 2020-01-01")
    _, main = gitlab.place.repository.push({path: ended})
    gitlab.forge.commits.add(main)

    ran = gitlab.run("daily", "read", gitlab.morning())

    assert (ran.returncode, [each["state"] for each in gitlab.forge.issues]) == (5, ["opened"]), ran.stdout


def notes(gitlab: GitLabRunner) -> list[Any]:
    """Return the texts of the notes that there are."""
    return [each["body"] for each in gitlab.forge.notes]
