"""A person who can push uses the standing approval of people.lock for changes that nobody approved."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import github, job, street
from tests.cli.directories import BOT, CONFIGURED, GONE, LOCK, TEAM
from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.merging import Merging, merging_at
from tests.cli.running import Place, Ran
from tests.forge.github_reviews import account
from tests.forge.github_server import GitHub

__all__ = ["github", "job", "street"]
# Each of them makes a repository, a server and a merge.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

ADDED = f'{LOCK}        - {{source: directory, id: "3", email: mallory@acme.example}}\n'
SWAPPED = ADDED.replace('        - {source: directory, id: "2", email: cy@acme.example}\n', "")


def opened(directory: Merging, text: str = GONE, login: str = BOT) -> str:
    """Push a branch with this people.lock, whose pull request this user opened; return its head."""
    (directory.folder / "people.lock").write_text(text)
    return pushed(directory, login)


def pushed(directory: Merging, login: str = BOT) -> str:
    """Push a branch whose pull request this user opened; return its head."""
    head = directory.push()
    directory.state.pulls[1]["user"] = account(login)
    return head


def merged(directory: Merging, login: str = BOT) -> Ran:
    """Merge the pull request as this user, and return whether the merge is approved."""
    directory.merge()
    directory.state.pulls[1]["merged_by"] = account(login)
    return directory.approved()


@pytest.fixture
def directory(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Merging]:
    place.write(partners__acme=TEAM)
    (place.folder / "people.lock").write_text(LOCK)
    folder = tmp_path_factory.mktemp("remote")
    with merging_at(place, github, job, folder, configured=CONFIGURED) as made:
        first = place.run("apply", "--auto-approve")
        assert first.code == 0, first.err
        yield made


def refused(ran: Ran, why: str) -> None:
    """Check that nothing is approved, and why."""
    assert (ran.code, ran.out) == (4, "")
    assert "partnerships has not approved: cy can approve" in ran.err
    assert f"the approval of {BOT} was a standing approval, but {why}" in ran.err


def test_a_removal_that_the_bot_proposed_and_merged_needs_no_other_approval(directory: Merging) -> None:
    opened(directory)
    ran = merged(directory)

    assert ran == Ran(0, f"{directory.read('plan.json')['digest']}\n", "")
    (plan,) = directory.read("approvals.json")["plans"]
    assert [each["standingApproval"] for each in plan["approvals"]] == [
        "directory: standing approval, autoMerge: removals"
    ]


def test_the_pull_request_of_a_person_needs_the_approval_of_the_owner(directory: Merging) -> None:
    opened(directory, login="mallory")

    refused(merged(directory), "mallory opened the pull request")


def test_a_person_who_merges_the_pull_request_of_the_bot_needs_it_too(directory: Merging) -> None:
    opened(directory)

    refused(merged(directory, "mallory"), "mallory merged the pull request")


def test_the_owner_approves_people_lock_like_any_other_file(directory: Merging) -> None:
    opened(directory, ADDED, login="mallory")
    directory.approve("cy")

    assert merged(directory, "mallory") == Ran(0, f"{directory.read('plan.json')['digest']}\n", "")


@pytest.mark.parametrize("text", [ADDED, SWAPPED], ids=["added", "swapped"])
def test_a_person_who_gains_is_no_removal(directory: Merging, text: str) -> None:
    opened(directory, text)
    ran = merged(directory)

    assert (ran.code, ran.out) == (4, "")
    assert "partnerships has not approved: cy can approve" in ran.err
    assert "standing" not in ran.err


@pytest.mark.parametrize("path", ["README.md", ".github/workflows/evil.yml", "sub/people.lock"])
def test_another_file_in_the_branch_is_not_merged_along(directory: Merging, path: str) -> None:
    (directory.folder / path).parent.mkdir(parents=True, exist_ok=True)
    (directory.folder / path).write_text("on: push\n")
    opened(directory)
    ran = merged(directory)

    refused(ran, f"the branch also changes {path}")


def test_a_branch_does_not_widen_the_setting(directory: Merging) -> None:
    text = (directory.folder / "reconciler.yaml").read_text()
    (directory.folder / "reconciler.yaml").write_text(text.replace("removals", "all"))
    opened(directory, ADDED)
    ran = merged(directory)

    assert (ran.code, ran.out) == (4, "")
    assert "partnerships has not approved: cy can approve" in ran.err
    assert "standing" not in ran.err


def test_a_file_of_a_partner_in_the_branch_needs_its_owner(directory: Merging) -> None:
    text = (directory.folder / "partners" / "acme.yaml").read_text()
    (directory.folder / "partners" / "acme.yaml").write_text(text.replace("MSA-1", "MSA-2"))
    opened(directory)
    ran = merged(directory)

    assert (ran.code, "standing" in ran.err) == (4, False)


def test_people_lock_stays_a_plain_file(directory: Merging) -> None:
    (directory.folder / "people.lock").chmod(0o755)
    opened(directory)

    refused(merged(directory), "people.lock is not a plain file")


@pytest.mark.parametrize("how", ["renamed", "deleted", "link"])
def test_without_a_lock_nobody_is_removed(directory: Merging, how: str) -> None:
    lock = directory.folder / "people.lock"
    lock.rename(directory.folder / "people.yaml")
    if how == "deleted":
        (directory.folder / "people.yaml").unlink()
    elif how == "link":
        lock.symlink_to("people.yaml")
    pushed(directory)
    ran = directory.place.run("apply", "--base", directory.base, "--only-removals", "--auto-approve")
    people = directory.place.run("list", "people", "--live")

    assert "deleted" not in ran.out
    assert "cy@acme.example" in people.out


def test_a_forged_check_and_a_forged_author_of_commits_approve_nothing(directory: Merging) -> None:
    git(directory.folder, "config", "user.name", BOT)
    head = opened(directory, ADDED)
    run = {"name": "reconciler/approvals", "head_sha": head, "external_id": "", "conclusion": "success"}
    directory.state.check(directory.state.tokens["ghs_actions"], run)
    ran = merged(directory, "mallory")

    assert (ran.code, ran.out) == (4, "")
