"""A branch or a tag is pushed under the name of the base, so that its own commit is taken for the base."""

import json

import pytest

from tests.cli.running import PARTNER, Place
from tests.security.gits import begun, commit, git

pytestmark = pytest.mark.usefixtures("any_git")


@pytest.fixture
def branch(place: Place) -> Place:
    """A branch that adds a person to main, which a remote has as well."""
    begun(place)
    place.write(partners__acme=PARTNER + "      members: [ola@acme.example]\n")
    commit(place.folder)
    git(place.folder, "update-ref", "refs/remotes/origin/main", "main")
    return place


@pytest.mark.parametrize(
    ("base", "counts", "shadow"),
    [
        ("origin/main", "refs/remotes/origin/main", "refs/heads/origin/main"),
        ("origin/main", "refs/remotes/origin/main", "refs/tags/origin/main"),
        ("main", "refs/heads/main", "refs/tags/main"),
        ("heads/main", "refs/heads/main", "refs/tags/heads/main"),
        ("origin", "refs/remotes/origin/HEAD", "refs/tags/origin"),
        ("HEAD~1", "HEAD", "refs/heads/HEAD"),
        ("HEAD^1", "HEAD", "refs/tags/HEAD"),
        ("FETCH_HEAD", "FETCH_HEAD", "refs/tags/FETCH_HEAD"),
        ("HASH", "HASH", "refs/tags/HASH"),
        ("HASH", "HASH", "refs/remotes/origin/HASH"),
    ],
)
def test_a_pushed_ref_does_not_replace_the_base(branch: Place, base: str, counts: str, shadow: str) -> None:
    main = git(branch.folder, "rev-parse", "refs/heads/main")
    base, counts, shadow = (each.replace("HASH", main) for each in (base, counts, shadow))
    git(branch.folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    (branch.folder / ".git" / "FETCH_HEAD").write_text(f"{main}\t\tbranch 'main' of our-company.example\n")
    git(branch.folder, "update-ref", shadow, "topic")

    ran = branch.run("plan", "--files-only", "--format", "json", "--base", base)

    name = base.partition("~")[0].partition("^")[0]
    ambiguous = f'Warning: --base: "{base}" is ambiguous: {counts} is used, not {shadow}\n'
    assert (json.loads(ran.out)["source"]["base"], ran.err) == (
        main,
        ambiguous if shadow in {f"refs/{kind}/{name}" for kind in ("heads", "tags", "remotes")} else "",
    )


def test_what_is_checked_out_is_not_replaced_by_a_branch_called_head(branch: Place) -> None:
    head = git(branch.folder, "rev-parse", "topic")
    for shadow in ("refs/heads/HEAD", "refs/tags/HEAD", "refs/remotes/HEAD"):
        git(branch.folder, "update-ref", shadow, "main")

    made = json.loads(branch.run("plan", "--files-only", "--format", "json", "--base", "main").out)

    assert (made["source"]["commit"], len(made["changes"])) == (head, 2)


def test_a_commit_is_not_replaced_by_another_one(branch: Place) -> None:
    main = git(branch.folder, "rev-parse", "main")
    git(branch.folder, "replace", main, "topic")

    made = json.loads(branch.run("plan", "--files-only", "--format", "json", "--base", "main").out)

    assert (made["source"]["base"], len(made["changes"])) == (main, 2)


def test_a_ref_called_like_a_short_hash_is_used_with_a_warning(branch: Place) -> None:
    main = git(branch.folder, "rev-parse", "main")
    git(branch.folder, "tag", main[:7], "main")

    ran = branch.run("plan", "--files-only", "--base", main[:7])

    assert (ran.code, ran.err) == (
        0,
        f'Warning: --base: "{main[:7]}" is ambiguous: refs/tags/{main[:7]} is used, not {main}\n',
    )
