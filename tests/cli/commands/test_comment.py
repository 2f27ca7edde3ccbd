import json
import re
from typing import Any

import msgspec
import pytest

from reconciler.model.plan import FILES, Change, FileChange, read_plan, with_digests
from reconciler.render import json_format
from tests.cli.forging import HEAD, MERGED, NEWER, Job
from tests.cli.running import GROUP, Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab

CHECK = "reconciler plan (local)"
# The owners of these plans have no approvers.
UNCHECKED = ("neutral", "Cannot be checked: logistics, partnerships")
NEEDLESS = ("success", "No approval is needed")


def planned(place: Place, *options: str) -> Any:
    """Plan, and return the plan's JSON."""
    place.run("plan", "--out", "plan.json", *options)
    return json.loads((place.folder / "plan.json").read_text())


def shown(place: Place) -> str:
    """Return the plan as a comment, without its approvals."""
    return without_approvals(place.run("show", "plan.json", "--format", "markdown").out)


def receipt(place: Place) -> str:
    (kept,) = (place.folder / ".reconciler" / "receipts").iterdir()
    return str(kept)


def bodies(github: GitHub) -> list[str]:
    return [each["body"] for each in github.state.comments]


def checks(github: GitHub) -> list[tuple[str, str, str, str]]:
    shown = ("head_sha", "external_id", "conclusion")
    return [
        (*(run[key] for key in shown), run["output"]["title"]) for run in of_plans(github.state.check_runs)
    ]


def of_plans(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the checks of plans, without those of approvals."""
    return [run for run in runs if run["name"] != "reconciler/approvals"]


def without_approvals(comment: str) -> str:
    """Return a comment without what it says about approvals: only a forge knows who approved."""
    return re.sub(r"\*\*(Required a|A)pprovals\*\*\n\n([|-].*\n)+\n", "", comment)


def said(
    kept: str, commit: str = HEAD, conclusion: str = "success", approvals: tuple[str, str] = UNCHECKED
) -> Ran:
    lines = [
        f"Comment on #1: {kept}.",
        f'Check "{CHECK}" at {commit}: {conclusion}.',
        f'Check "reconciler/approvals" at {commit}: {approvals[0]}.',
        f"{approvals[1]}.",
    ]
    return Ran(0, "", "".join(f"{line}\n" for line in lines))


def test_a_plan_becomes_the_comment_and_the_check_of_its_pull_request(place: Place, github: GitHub) -> None:
    made = planned(place)

    assert place.run("comment", "plan", "plan.json") == said("created")
    assert list(map(without_approvals, bodies(github))) == [shown(place)]
    assert checks(github) == [
        (HEAD, made["digest"], "success", "High risk: 1 person gains access (6 changes)")
    ]
    assert github.state.check_runs[0]["output"]["summary"] == bodies(github)[0]


def test_the_same_plan_is_not_written_again(place: Place, github: GitHub) -> None:
    planned(place)
    place.run("comment", "plan", "plan.json")

    assert (place.run("comment", "plan", "plan.json"), len(bodies(github)), len(checks(github))) == (
        said("unchanged"),
        1,
        1,
    )


def test_another_plan_takes_the_place_of_the_first(place: Place, github: GitHub) -> None:
    planned(place)
    place.run("comment", "plan", "plan.json")
    place.write(partners__acme=None)
    made = planned(place)

    assert place.run("comment", "plan", "plan.json") == said(
        "updated", approvals=("neutral", "Cannot be checked: logistics")
    )
    assert list(map(without_approvals, bodies(github))) == [shown(place)]
    assert [(digest, conclusion) for _, digest, conclusion, _ in checks(github)] == [
        (made["digest"], "success")
    ]


def test_a_plan_without_changes_gets_a_check_and_no_comment(place: Place, github: GitHub) -> None:
    place.run("apply", "--auto-approve")
    made = planned(place)

    assert place.run("comment", "plan", "plan.json") == said(
        "not needed", conclusion="neutral", approvals=NEEDLESS
    )
    assert (bodies(github), checks(github)) == ([], [(HEAD, made["digest"], "neutral", "No changes")])


def test_a_denied_plan_fails_the_check_with_its_findings_beside_their_lines(
    place: Place, github: GitHub
) -> None:
    place.write(**{"access-groups__tracking": GROUP.replace("offers: [{type: reseller}]", "offers: []")})
    made = planned(place)

    assert place.run("comment", "plan", "plan.json") == said("created", conclusion="failure")
    assert checks(github) == [(HEAD, made["digest"], "failure", "Denied by 1 error")]
    worst = next(iter(github.state.annotations.values()))[0]
    assert (worst["path"], worst["start_line"], worst["annotation_level"], worst["title"]) == (
        "partners/acme.yaml",
        10,
        "failure",
        "grant-not-offered",
    )


def test_annotations_stand_at_paths_from_the_root_of_the_repository(
    place: Place, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write(**{"access-groups__tracking": GROUP.replace("offers: [{type: reseller}]", "offers: []")})
    planned(place)
    for folder in (".git", "access"):
        (place.folder / folder).mkdir()
    (place.folder / "reconciler.yaml").rename(place.folder / "access" / "reconciler.yaml")
    monkeypatch.chdir(place.folder / "access")
    place.run("comment", "plan", "../plan.json")

    assert next(iter(github.state.annotations.values()))[0]["path"] == "access/partners/acme.yaml"


def test_a_job_that_was_overtaken_marks_its_own_commit_and_leaves_the_comment(
    place: Place, github: GitHub
) -> None:
    made = planned(place)
    github.state.push(1, NEWER)

    assert place.run("comment", "plan", "plan.json") == Ran(
        0,
        "",
        f"#1 has newer commits than {HEAD}; their own jobs comment on it.\n"
        f'Check "{CHECK}" at {HEAD}: success.\n',
    )
    assert (bodies(github), [run[:2] for run in checks(github)]) == ([], [(HEAD, made["digest"])])


def test_a_pull_request_can_be_named(place: Place, github: GitHub, job: Job) -> None:
    planned(place)
    github.state.open_pull(NEWER)
    ran = place.run("comment", "plan", "plan.json", "--pull-request", "2")
    job.unset("GITHUB_EVENT_PATH")
    again = place.run("comment", "plan", "plan.json", "--pull-request", "2", "--commit", NEWER)

    assert [each.err.splitlines()[:2] for each in (ran, again)] == [
        ["Comment on #2: created.", f'Check "{CHECK}" at {NEWER}: success.'],
        ["Comment on #2: unchanged.", f'Check "{CHECK}" at {NEWER}: success.'],
    ]


def test_a_plan_of_another_commit_marks_no_head(place: Place, github: GitHub, job: Job) -> None:
    made = read_plan(json.dumps(planned(place)).encode())
    source = msgspec.structs.replace(made.source, commit="c" * 40)
    (place.folder / "plan.json").write_text(
        json_format.plan(with_digests(msgspec.structs.replace(made, source=source)))
    )
    job.set(GITHUB_EVENT_PATH="")

    ran = place.run("comment", "plan", "plan.json", "--pull-request", "1")

    assert (ran.code, f"the plan was made for {'c' * 40}, but the head of #1 is {HEAD}" in ran.err) == (
        1,
        True,
    )
    assert (bodies(github), checks(github)) == ([], [])


def test_a_job_of_no_pull_request_has_to_name_one(place: Place, github: GitHub, job: Job) -> None:
    planned(place)
    job.merges()

    assert place.run("comment", "plan", "plan.json") == Ran(
        1,
        "",
        "Error: this job does not run for a pull request\nHint: give it with --pull-request\n",
    )
    assert github.requests == []


@pytest.mark.no_cover  # it runs the same lines again and again
def test_a_plan_that_is_too_large_for_a_comment_gets_one_and_fails_until_it_is_let_through(
    place: Place, github: GitHub, job: Job
) -> None:
    planned(place)
    made = read_plan((place.folder / "plan.json").read_bytes())
    deletions = tuple(
        Change(
            id=f"partner/partner-with-a-long-name-{number}",
            kind="partner",
            action="delete",
            before={"displayName": "x" * 40},
            precondition="sha256:1",
        )
        for number in range(2000)
    )
    large = with_digests(msgspec.structs.replace(made, changes=deletions, digest="", checksum=""))
    through = with_digests(msgspec.structs.replace(large, allowed=True, checksum=""))
    (place.folder / "large.json").write_text(json_format.plan(large))
    (place.folder / "through.json").write_text(json_format.plan(through))
    job.set(GITHUB_SERVER_URL="https://github.example", GITHUB_RUN_ID="7")
    page = "https://github.example/o/r/actions/runs/7/artifacts/9"

    ran = place.run("comment", "plan", "large.json", "--page", page, "--parts", page)
    (body,), (check,) = bodies(github), checks(github)
    again = place.run("comment", "plan", "through.json")

    assert (ran.code, ran.err.splitlines()[4:]) == (
        3,
        [
            "Error: the plan is too large for a comment, which has only counts and the highest risks",
            (
                f"Hint: read the whole plan, then approve it: add {large.digest} to guard.allow on"
                " the base branch"
            ),
        ],
    )
    assert check == (
        HEAD,
        large.digest,
        "failure",
        "Too large for a comment: review the full plan, then allow its digest",
    )
    lines = body.splitlines()
    assert lines[:3:2] == [
        "<!-- reconciler plan local -->",
        "### 🔴 1 person gains access: `local`",
    ]
    assert f"[HTML page]({page}), [list in parts]({page}), [job log]" in body
    assert (again.code, checks(github)[0][2:]) == (
        0,
        ("success", "High risk: 1 person gains access (2,000 changes)"),
    )


def test_a_link_that_a_job_was_given_leads_to_its_own_forge(place: Place, github: GitHub, job: Job) -> None:
    planned(place)
    job.set(GITHUB_SERVER_URL="https://github.example", GITHUB_RUN_ID="7")

    assert [
        place.run("comment", "plan", "plan.json", "--page", page).err.splitlines()[-2]
        for page in ("https://evil.example/x", "http://github.example/x")
    ] == [
        f"Error: {page} is not on github.example, where this job runs"
        for page in ("https://evil.example/x", "http://github.example/x")
    ]
    assert place.run("comment", "plan", "plan.json", "--page", "https://x/)](y").code == 1
    assert bodies(github) == []


def test_a_receipt_takes_the_place_of_the_plan_that_was_merged(
    place: Place, github: GitHub, job: Job
) -> None:
    planned(place)
    place.run("comment", "plan", "plan.json")
    place.run("apply", "plan.json")
    github.state.merge(1, MERGED)
    job.merges()

    assert place.run("comment", "receipt", receipt(place), "--plan", "plan.json") == Ran(
        0, "", "Comment on #1: updated.\n"
    )
    (body,) = bodies(github)
    assert body.splitlines()[2].startswith("### ✅ Applied to `local` at ")
    assert [conclusion for _, _, conclusion, _ in checks(github)] == ["success"]


def test_a_plan_that_was_merged_and_not_applied_says_so_in_the_place_of_the_plan(
    place: Place, github: GitHub, job: Job
) -> None:
    planned(place)
    place.run("comment", "plan", "plan.json")
    github.state.merge(1, MERGED)
    job.merges()

    assert place.run("comment", "plan", "plan.json", "--merged") == Ran(0, "", "Comment on #1: updated.\n")

    assert [body.splitlines()[2] for body in bodies(github)] == ["### 🔴 Merged but not applied to `local`"]
    assert len(checks(github)) == 1


def test_where_nothing_had_to_be_done_after_a_merge_that_is_said_only_where_something_was(
    place: Place, github: GitHub, job: Job
) -> None:
    place.run("apply", "--auto-approve")
    planned(place)
    github.state.merge(1, MERGED)
    job.merges()

    ran = place.run("comment", "plan", "plan.json", "--merged")

    assert (ran, bodies(github)) == (Ran(0, "", "Comment on #1: not needed.\n"), [])


def test_the_journal_of_a_killed_run_is_told_as_the_receipt_that_it_lacks(
    place: Place, github: GitHub, job: Job
) -> None:
    made = planned(place)
    opening = {
        "format": "reconciler-journal/1.0",
        "plan": made["digest"],
        "portal": "local",
        "started": "2026-11-24T04:30:00Z",
        "changes": [{"id": "partner/acme", "action": "create"}],
    }
    (place.folder / "run.jsonl").write_text(json.dumps(opening) + "\n")
    github.state.merge(1, MERGED)
    job.merges()

    assert place.run("comment", "receipt", "run.jsonl") == Ran(0, "", "Comment on #1: created.\n")
    assert "### 🔴 Not fully applied to `local`" in bodies(github)[0]


def test_a_receipt_of_a_push_that_merged_nothing_is_told_nowhere(
    place: Place, github: GitHub, job: Job
) -> None:
    place.run("apply", "--auto-approve")
    github.state.commits.add(MERGED)
    job.merges()

    assert place.run("comment", "receipt", receipt(place)) == Ran(
        0, "", f"No pull request was merged as {MERGED}; no comment was written.\n"
    )
    assert bodies(github) == []


def test_a_receipt_that_belongs_nowhere_has_to_be_told_where(place: Place, github: GitHub) -> None:
    place.run("apply", "--auto-approve")

    assert place.run("comment", "receipt", receipt(place)) == Ran(
        1,
        "",
        "Error: neither the pull request nor the commit is known\n"
        "Hint: give it with --pull-request, or give --commit\n",
    )
    assert github.requests == []


def test_a_receipt_of_another_plan_is_refused(place: Place, github: GitHub) -> None:
    place.run("apply", "--auto-approve")
    planned(place)
    ran = place.run("comment", "receipt", receipt(place), "--plan", "plan.json")

    assert (ran.code, ran.err.splitlines()[0].startswith("Error: the receipt is for the plan sha256:")) == (
        1,
        True,
    )
    assert github.requests == []


def test_drift_has_an_issue_that_is_closed_when_it_is_gone(place: Place, github: GitHub, job: Job) -> None:
    job.event(schedule="17 4 * * *")
    planned(place)
    opened = place.run("comment", "drift", "plan.json")
    same = place.run("comment", "drift", "plan.json")
    place.run("apply", "--auto-approve")
    planned(place)
    closed = [place.run("comment", "drift", "plan.json") for _ in range(2)]

    assert [ran.err for ran in (opened, same, *closed)] == [
        "Issue about drift: created.\n",
        "Issue about drift: unchanged.\n",
        "Issue about drift: closed.\n",
        "Issue about drift: not needed.\n",
    ]
    assert [(each["state"], each["title"]) for each in github.state.issues] == [
        ("closed", "The portal local differs from the files")
    ]
    assert (bodies(github), checks(github)) == ([], [])


def test_the_jobs_summary_gets_the_plan_as_well(place: Place, github: GitHub, job: Job) -> None:
    summary = place.folder / "summary.md"
    summary.write_text("Before.\n")
    job.set(GITHUB_STEP_SUMMARY=str(summary))
    planned(place)
    place.run("comment", "plan", "plan.json")

    assert summary.read_text() == f"Before.\n{bodies(github)[0]}\n"


def test_a_summary_that_cannot_be_written_stops_nothing(place: Place, github: GitHub, job: Job) -> None:
    job.set(GITHUB_STEP_SUMMARY=str(place.folder))
    planned(place)
    ran = place.run("comment", "plan", "plan.json")

    assert (ran.code, ran.err.splitlines()[0], len(bodies(github))) == (
        0,
        "Warning: the summary of the job could not be written: Is a directory",
        1,
    )


def test_a_merge_request_gets_a_note_and_a_status(place: Place, gitlab: GitLab) -> None:
    made = planned(place)

    assert place.run("comment", "plan", "plan.json") == said("created")
    assert [without_approvals(each["body"]) for each in gitlab.notes] == [shown(place)]
    assert [(each["name"], each["status"], each["description"]) for each in gitlab.statuses] == [
        (CHECK, "success", f"{made['digest']} High risk: 1 person gains access (6 changes)"),
        ("reconciler/approvals", "success", UNCHECKED[1]),
    ]


def test_a_pipeline_of_a_merged_result_marks_the_head_of_the_branch(
    place: Place, gitlab: GitLab, job: Job
) -> None:
    planned(place)
    job.set(CI_COMMIT_SHA=NEWER, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD)

    assert place.run("comment", "plan", "plan.json") == said("created")
    assert [each["sha"] for each in gitlab.statuses] == [HEAD, HEAD]


@pytest.mark.parametrize(
    ("also", "error"),
    [
        ({}, "GITLAB_TOKEN is not set"),
        ({"CI_JOB_TOKEN": "glcbt-1"}, "GITLAB_TOKEN is not set; CI_JOB_TOKEN cannot write notes"),
    ],
)
def test_gitlabs_own_token_of_a_job_is_not_enough(
    place: Place, gitlab: GitLab, job: Job, also: dict[str, str], error: str
) -> None:
    planned(place)
    job.unset("GITLAB_TOKEN")
    job.set(**also)

    assert place.run("comment", "plan", "plan.json") == Ran(
        1,
        "",
        f"Error: {error}\n"
        "Hint: create a project access token with the scope `api` and the role Developer, and mask it\n",
    )
    assert gitlab.requests == []


def test_all_that_a_job_lacks_is_named(place: Place, job: Job) -> None:
    planned(place)
    elsewhere = place.run("comment", "plan", "plan.json")
    job.set(GITHUB_REPOSITORY="../access")
    wrong = place.run("comment", "plan", "plan.json")

    assert [elsewhere, wrong] == [
        Ran(
            1,
            "",
            "Error: this is not a job of GitHub, GitLab or Gitea: "
            "GITHUB_REPOSITORY, CI_PROJECT_ID and GITEA_REPOSITORY are not set\n"
            "Hint: elsewhere, set GITHUB_REPOSITORY and GITHUB_TOKEN, CI_PROJECT_ID and GITLAB_TOKEN, or"
            " GITEA_SERVER_URL, GITEA_REPOSITORY and GITEA_TOKEN\n",
        ),
        Ran(
            1,
            "",
            'Error: GITHUB_REPOSITORY: "../access" is not valid; use OWNER/NAME\nGITHUB_TOKEN is not set\n'
            "Hint: give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`\n",
        ),
    ]


@pytest.mark.parametrize("content", ["[", '{"pull_request": []}', "[]", '{"pull_request": {"number": "1"}}'])
def test_an_event_that_is_none_names_no_pull_request(place: Place, github: GitHub, content: str) -> None:
    planned(place)
    (place.folder / "event.json").write_text(content)

    assert (place.run("comment", "plan", "plan.json").code, github.requests) == (1, [])


def test_no_secret_is_shown_when_the_forge_refuses(place: Place, github: GitHub, job: Job) -> None:
    planned(place)
    job.set(GITHUB_TOKEN="ghs_hunter2")
    ran = place.run("comment", "plan", "plan.json", "-v")

    assert (ran.code, ran.err.count("Bad credentials"), "hunter2" in ran.err) == (5, 1, False)
    assert bodies(github) == []


@pytest.mark.parametrize(
    "options",
    [
        ["plan", "plan.json", "--plan", "plan.json"],
        ["plan", "plan.json", "--commit", "HEAD"],
        ["plan", "plan.json", "--commit", "a" * 39],
        ["plan", "plan.json", "--app", "../app"],
        ["plan", "plan.json", "--pull-request", "0"],
        ["drift", "plan.json", "--pull-request", "1"],
        ["fork", "plan.json", "--pull-request", "1"],
        ["receipt", "plan.json", "--merged"],
        ["plan.json", "--plan", "plan.json"],
        ["plan.json", "--drift-issue", "--pull-request", "1"],
        ["plan.json", "--of-fork", "--pull-request", "1"],
        ["plan.json", "--merged", "--drift-issue"],
    ],
)
def test_what_does_not_go_together_is_refused(place: Place, github: GitHub, options: list[str]) -> None:
    planned(place)

    assert (place.run("comment", *options).code, github.requests) == (1, [])


@pytest.mark.parametrize(("command", "code"), [(["plan"], 4), (["receipt"], 1), (["drift"], 4), ([], 4)])
def test_what_is_neither_plan_nor_receipt_is_refused(
    place: Place, github: GitHub, command: list[str], code: int
) -> None:
    (place.folder / "list.json").write_text("[]")

    assert [
        place.run("comment", *command, name).code for name in ("list.json", "catalog.yaml", "none.json")
    ] == [
        code,
        code,
        1,
    ]
    assert github.requests == []


def forked(place: Place) -> None:
    """Save a plan as a fork's own run makes it: of files alone."""
    made = read_plan(json.dumps(planned(place)).encode())
    (place.folder / "plan.json").write_text(
        json_format.plan(with_digests(msgspec.structs.replace(made, portal_id=FILES, digest="")))
    )


NUMBER = ("--pull-request", "1")
OF_FORK = ("comment", "fork", "plan.json", "--pull-request", "1")


def test_what_a_forks_run_says_is_told_as_its_word_and_leaves_no_check(place: Place, github: GitHub) -> None:
    forked(place)

    ran = place.run(*OF_FORK, "--commit", HEAD)

    assert ran == Ran(0, "", "Comment on #1: created.\n")
    assert bodies(github)[0].splitlines()[:3] == [
        "<!-- reconciler fork -->",
        "",
        "> ⚠️ This plan was made by the fork's own run and has not been verified. It approves nothing.",
    ]
    assert checks(github) == []


def test_a_fork_speaks_only_where_its_commit_is_the_head(place: Place, github: GitHub) -> None:
    forked(place)

    ran = place.run(*OF_FORK, "--commit", NEWER)

    assert ran == Ran(0, "", f"{NEWER} is not the head of #1: no comment was written.\n")
    assert bodies(github) == []


def test_a_fork_cannot_hand_over_a_plan_of_a_portal(place: Place, github: GitHub) -> None:
    planned(place)

    ran = place.run(*OF_FORK, "--commit", HEAD)

    assert (ran.code, "the plan of a fork must be made from files only" in ran.err, bodies(github)) == (
        1,
        True,
        [],
    )


def test_a_change_of_the_files_alone_is_told_too(place: Place, github: GitHub) -> None:
    place.run("apply", "--auto-approve")
    changed = (FileChange(about="configuration", path="rules.admin-domain", before="error", after="off"),)
    made = read_plan(json.dumps(planned(place)).encode())
    whole = with_digests(msgspec.structs.replace(made, file_changes=changed))
    (place.folder / "plan.json").write_text(json_format.plan(whole))

    assert place.run("comment", "plan", "plan.json") == said(
        "created", conclusion="neutral", approvals=NEEDLESS
    )
    assert "- `rules.admin-domain` `error` → `off`" in bodies(github)[0]


@pytest.mark.parametrize(
    ("former", "current"),
    [
        (["plan.json"], ["plan", "plan.json"]),
        (["--merged", "plan.json", *NUMBER], ["plan", "plan.json", "--merged", *NUMBER]),
        (
            ["receipt.json", "--plan", "plan.json", *NUMBER],
            ["receipt", "receipt.json", "--plan", "plan.json", *NUMBER],
        ),
        (["plan.json", "--drift-issue"], ["drift", "plan.json"]),
        (
            ["files.json", "--of-fork", *NUMBER, "--commit", HEAD],
            ["fork", "files.json", *NUMBER, "--commit", HEAD],
        ),
    ],
    ids=["plan", "merged", "receipt", "drift", "fork"],
)
def test_the_former_spelling_does_what_the_subcommand_does(
    place: Place, github: GitHub, former: list[str], current: list[str]
) -> None:
    forked(place)
    (place.folder / "plan.json").rename(place.folder / "files.json")
    planned(place)
    (place.folder / "receipt.json").write_text(place.run("apply", "--auto-approve", "--format", "json").out)

    first, text = place.run("comment", *former), bodies(github)
    again = place.run("comment", *current)

    assert (first.code, "created" in first.err) == (0, True)
    assert (again, bodies(github)) == (Ran(0, "", first.err.replace("created", "unchanged")), text)


def test_a_file_that_is_no_receipt_is_named(place: Place, github: GitHub) -> None:
    planned(place)
    ran = place.run("comment", "receipt", "plan.json")

    assert (ran.code, ran.err.partition(": Object")[0], bodies(github)) == (
        1,
        "Error: plan.json: this is not a valid receipt",
        [],
    )
