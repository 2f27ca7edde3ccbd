"""A person who can push uses the branch of the bot, so that the bot merges what nobody approved."""

from collections.abc import Iterator

import pytest

from tests.cli.commands.test_propose_merge import ADDED, BRANCH, merge, on_main, passes
from tests.cli.conftest import github, job, street
from tests.cli.directories import BOT, CONFIGURED, GONE, LOCK, TEAM
from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.proposing import Proposing, proposing_at
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub

__all__ = ["github", "job", "street"]
# Each of them makes repositories and a server.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]
PUSHED = "it does not have exactly what this job computed for the newest base"


@pytest.fixture
def proposing(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proposing]:
    place.write(reconciler=CONFIGURED, partners__acme=TEAM)
    (place.folder / "people.lock").write_text(LOCK)
    with proposing_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        made.state.required.add("reconciler/approvals")
        yield made


def push(proposing: Proposing, path: str, text: str, *options: str) -> str:
    """Push a commit of a person to the branch of the bot."""
    proposing.commit(BRANCH)
    (proposing.person / path).parent.mkdir(parents=True, exist_ok=True)
    (proposing.person / path).write_text(text)
    git(proposing.person, "add", ".")
    git(proposing.person, "commit", "-q", "-m", "Add it", *options, who=(BOT, "2026-11-24T00:00:00Z"))
    proposing.push(BRANCH)
    return git(proposing.person, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "path", ["people.lock", "README.md", ".github/workflows/evil.yml", "reconciler.yaml"]
)
def test_what_a_person_pushed_is_not_merged(proposing: Proposing, path: str) -> None:
    merge(proposing)
    text = {"people.lock": ADDED, "reconciler.yaml": CONFIGURED.replace("removals", "all")}
    head = push(proposing, path, text.get(path, "on: push\n"))
    passes(proposing)
    ran = merge(proposing)

    assert ran.out.endswith(f"#1 is not merged: {PUSHED}.\n")
    assert (on_main(proposing), proposing.pull["state"]) == (LOCK, "open")
    assert git(proposing.git.folder, "merge-base", head, BRANCH) == head
    assert "is not merged by itself" in proposing.state.comments[0]["body"]


def test_a_forged_commit_of_the_bot_is_not_merged(proposing: Proposing) -> None:
    merge(proposing)
    head = push(proposing, "people.lock", ADDED)
    tree = git(proposing.person, "rev-parse", f"{head}^{{tree}}")
    forged = ("--amend", "-m", f"Remove people who left\n\nReconciler-Tree: {tree}")
    git(proposing.person, "commit", "-q", *forged, who=(BOT, "2026-11-24T00:00:00Z"))
    proposing.push(BRANCH, "--force")
    passes(proposing)
    ran = merge(proposing)

    # It is taken for what was computed before, so what is computed now replaces it.
    assert ran.out.startswith("#1: updated.\n")
    assert (proposing.read("people.lock", BRANCH), on_main(proposing)) == (GONE, LOCK)


def test_a_push_before_the_merge_is_not_merged(proposing: Proposing) -> None:
    merge(proposing)
    passes(proposing)
    # It arrives after the comparison, and before the request to merge is answered.
    proposing.state.before_merge.append(lambda: push(proposing, "people.lock", ADDED))
    ran = merge(proposing)

    assert ran.out.endswith(
        "#1 is not merged yet: Head branch was modified. Review and try the merge again.\n"
    )
    assert on_main(proposing) == LOCK


def test_a_pull_request_that_a_person_opened_from_the_branch_is_not_merged(proposing: Proposing) -> None:
    merge(proposing)
    proposing.state.change_pull(1, {"state": "closed"})
    proposing.state.open_proposal(
        {"login": "mallory", "type": "User"}, {"title": "Mine", "head": BRANCH, "base": "main"}
    )
    passes(proposing)
    ran = merge(proposing)

    assert ran == Ran(0, "#2 has these changes.\n", "Warning: mallory opened #2; its text was left alone.\n")
    assert on_main(proposing) == LOCK


def test_a_branch_that_a_person_made_is_not_merged(proposing: Proposing) -> None:
    proposing.commit(BRANCH, partners__other="kind: Partner\n")
    ran = merge(proposing)

    assert (ran.code, "this command did not make it" in ran.err) == (1, True)
    assert proposing.state.pulls == {}


def test_the_user_of_all_jobs_is_no_bot(proposing: Proposing) -> None:
    proposing.replace("people-bot[bot]", "github-actions[bot]", "reconciler.yaml")
    git(proposing.folder, "commit", "-qam", "Set it")
    proposing.state.permit("ghs_actions", "contents:write", "pull_requests:write")
    ran = merge(proposing)

    assert ran.out.startswith("Nothing was proposed: no standing approval lets people-bot[bot] merge")


def test_nothing_of_the_checkout_runs_and_the_token_is_in_no_file(
    proposing: Proposing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    proposing.state.required.clear()
    mark, inner = tmp_path_factory.mktemp("marks") / "mark", proposing.folder / ".git"
    command = f"touch {mark}"
    for name in ("filter.evil.clean", "merge.evil.driver", "credential.helper", "core.fsmonitor"):
        git(proposing.folder, "config", name, f"!{command}")
    (inner / "info" / "attributes").write_text("people.lock filter=evil merge=evil\n")
    (inner / "hooks").mkdir(exist_ok=True)
    for name in ("pre-push", "post-commit", "reference-transaction"):
        (inner / "hooks" / name).write_text(f"#!/bin/sh\n{command}\n")
        (inner / "hooks" / name).chmod(0o755)
    ran = merge(proposing)

    assert ran == Ran(0, "#1: created.\n#1: merged.\n")
    assert not mark.exists()
    files = [path for path in proposing.folder.rglob("*") if path.is_file()]
    assert [path for path in files if b"ghs_bot" in path.read_bytes()] == []
