"""One pull request with computed changes, on which people work as well."""

from collections.abc import Iterator

import pytest

from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.proposing import BRANCH, TITLE, Proposing, proposing_at
from tests.cli.running import PARTNER, Place, Ran
from tests.forge.github_server import GitHub

# Each of them makes repositories and a server.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]
NAMED = ("displayName: Acme", "displayName: Acme Corp")
AGREED = ("MSA-1", "MSA-2")


@pytest.fixture
def proposing(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proposing]:
    with proposing_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def test_a_pull_request_is_opened_updated_and_left_alone(proposing: Proposing) -> None:
    nothing = proposing.propose()
    proposing.replace(*NAMED)
    (proposing.folder / "notes.md").write_text("From the CRM.\n")
    opened = proposing.propose("--body", "notes.md")
    first = dict(proposing.pull)
    same = proposing.propose("--body", "notes.md")
    proposing.replace(*AGREED)
    updated = proposing.propose("--body", "notes.md")

    assert [nothing, opened, same, updated] == [
        Ran(0, "No changes.\n"),
        Ran(0, "#1: created.\n"),
        Ran(0, "#1: unchanged.\n"),
        Ran(0, "#1: updated.\n"),
    ]
    assert (first["title"], first["user"]["login"], first["head"]["ref"]) == (
        TITLE,
        "people-bot[bot]",
        BRANCH,
    )
    assert first["body"] == (
        "<!-- reconciler proposal -->\nFrom the CRM.\n<!-- end of reconciler proposal -->"
    )
    assert proposing.read() == (proposing.folder / "partners/acme.yaml").read_text()
    # Only what the configuration names, and two commits on top of main.
    assert "notes.md" not in git(proposing.git.folder, "ls-tree", "-r", "--name-only", BRANCH)
    assert (proposing.commits(), len(proposing.state.pulls)) == (3, 1)


def test_new_and_deleted_files_are_proposed(proposing: Proposing) -> None:
    (proposing.folder / "partners" / "acme.yaml").rename(proposing.folder / "partners" / "other.yaml")
    proposing.propose()

    names = git(proposing.git.folder, "diff", "--no-renames", "--name-status", "main", BRANCH)
    assert names == "D\tpartners/acme.yaml\nA\tpartners/other.yaml"


def test_only_named_paths_are_proposed(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    (proposing.folder / "people.lock").write_text("locked\n")
    proposing.propose("people.lock")

    assert git(proposing.git.folder, "diff", "--name-status", "main", BRANCH) == "A\tpeople.lock"
    outside = proposing.propose("../elsewhere")
    assert (outside.code, "is not in the folder of the configuration" in outside.err) == (1, True)


def test_what_people_changed_stays_and_is_named(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    # Bo corrects the name, and adds a team that nobody computed.
    text = proposing.read().replace("Acme Corp", "ACME") + "    - name: qa\n"
    edit = proposing.commit(partners__acme=text, partners__other=PARTNER)
    proposing.replace("Acme Corp", "Acme Corporation")
    proposing.replace(*AGREED)
    ran = proposing.propose()

    assert ran == Ran(0, "#1: updated.\n")
    assert proposing.read() == text.replace(*AGREED)
    assert git(proposing.git.folder, "merge-base", edit, BRANCH) == edit
    assert (
        "> People changed these files, and their versions stay: `partners/acme.yaml`"
        in (proposing.pull["body"])
    )
    assert "`partners/other.yaml`" in proposing.pull["body"]

    head = proposing.git.head(BRANCH)
    assert proposing.propose() == Ran(0, "#1: unchanged.\n")
    assert proposing.git.head(BRANCH) == head


def test_a_deletion_by_a_person_stays(proposing: Proposing) -> None:
    (proposing.folder / "partners" / "other.yaml").write_text("kind: Partner\n")
    proposing.propose()
    proposing.commit(partners__other=None)
    (proposing.folder / "partners" / "other.yaml").write_text("kind: Partner\n# again\n")
    proposing.replace(*NAMED)
    proposing.propose()

    assert git(proposing.git.folder, "diff", "--name-only", "main", BRANCH) == "partners/acme.yaml"


def test_a_newer_main_is_merged_also_where_a_person_merged_it_before(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    main = PARTNER.replace("domains: [acme.example]", "domains: [acme.example, a.example]")
    proposing.commit("main", partners__acme=main)
    git(proposing.person, "switch", "-q", "-C", "work", f"origin/{BRANCH}")
    git(proposing.person, "merge", "-q", "--no-edit", "origin/main")
    proposing.push()
    proposing.commit("main", partners__acme=main.replace("a.example]", "b.example]"))
    proposing.next_run()
    proposing.replace(*NAMED)
    proposing.propose()

    assert proposing.read() == (proposing.folder / "partners" / "acme.yaml").read_text()
    assert "People changed" not in proposing.pull["body"]


def test_it_is_not_pushed_again_for_a_newer_main_alone(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    head = proposing.git.head(BRANCH)
    proposing.commit("main", partners__other=PARTNER)
    proposing.next_run()
    proposing.replace(*NAMED)

    assert proposing.propose() == Ran(0, "#1: unchanged.\n")
    assert proposing.git.head(BRANCH) == head


@pytest.mark.parametrize("squash", [True, False])
def test_after_a_merge_the_branch_is_used_again(proposing: Proposing, *, squash: bool) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    proposing.state.merge(1, proposing.git.merge(BRANCH, "main", squash=squash))
    proposing.next_run()
    merged = proposing.propose()
    proposing.replace(*AGREED)
    ran = proposing.propose()

    assert (merged, ran) == (Ran(0, "No changes.\n"), Ran(0, "#2: created.\n"))
    assert git(proposing.git.folder, "diff", "--unified=0", "main", BRANCH).splitlines()[-2:] == [
        "-  agreement: MSA-1",
        "+  agreement: MSA-2",
    ]


def test_what_main_got_since_the_checkout_is_not_proposed_again(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.commit("main", partners__acme=(proposing.folder / "partners" / "acme.yaml").read_text())

    assert proposing.propose() == Ran(0, "No changes.\n")
    assert proposing.state.pulls == {}


def test_it_is_closed_with_a_comment_when_the_base_has_everything(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    proposing.commit("main", partners__acme=(proposing.folder / "partners" / "acme.yaml").read_text())
    proposing.next_run()
    ran = proposing.propose()

    assert ran == Ran(0, "Closed #1: main has all changes.\n")
    assert (proposing.pull["state"], len(proposing.state.comments)) == ("closed", 1)
    assert "not needed any more" in proposing.state.comments[0]["body"]
    assert proposing.propose() == Ran(0, "No changes.\n")


def test_it_stays_open_for_what_people_added(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    proposing.commit(partners__other=PARTNER)
    git(proposing.folder, "checkout", "-q", ".")

    assert proposing.propose() == Ran(0, "#1: updated.\n")
    assert git(proposing.git.folder, "diff", "--name-only", "main", BRANCH) == "partners/other.yaml"


def test_what_a_person_closed_stays_closed_until_something_else_changes(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    proposing.state.change_pull(1, {"state": "closed"})
    closed = proposing.propose()
    proposing.replace(*AGREED)
    ran = proposing.propose()

    assert closed == Ran(0, "#1 was closed by a person, and has the same changes: nothing was opened.\n")
    assert ran == Ran(0, "#2: created.\n")


def test_the_text_of_people_stays(proposing: Proposing) -> None:
    (proposing.folder / "notes.md").write_text("One row.\n")
    proposing.replace(*NAMED)
    proposing.propose("--body", "notes.md")
    pull = proposing.pull
    pull.update(title="Rename Acme", body=f"{pull['body']}\r\n\r\nAsked sales. Bo")
    (proposing.folder / "notes.md").write_text("Two rows.\n")
    ran = proposing.propose("--body", "notes.md")

    assert ran == Ran(0, "#1: updated.\n")
    assert (pull["title"], pull["body"].split("\n")[1]) == ("Rename Acme", "Two rows.")
    assert pull["body"].endswith("Asked sales. Bo")

    pull["body"] = "Only my words."
    assert proposing.propose("--body", "notes.md") == Ran(0, "#1: unchanged.\n")
    assert pull["body"] == "Only my words."


def test_a_branch_of_others_is_refused(proposing: Proposing) -> None:
    head = proposing.commit(partners__other=PARTNER)
    proposing.replace(*NAMED)
    ran = proposing.propose()

    assert (ran.code, ran.out) == (1, "")
    assert f"the branch {BRANCH} exists, and this command did not make it" in ran.err
    assert (proposing.git.head(BRANCH), proposing.state.pulls) == (head, {})


@pytest.mark.parametrize("name", ["main", "-f", "a..b", "x.lock", "a b", "refs/heads/../x", "a:b"])
def test_other_names_are_no_branches(proposing: Proposing, name: str) -> None:
    proposing.replace(*NAMED)
    ran = proposing.place.run("propose", f"--branch={name}", "--title", TITLE, "--app", "people-bot")

    assert (ran.code, ran.out) == (1, "")
    assert proposing.git.head("main") == git(proposing.folder, "rev-parse", "HEAD")


def test_a_push_in_the_meantime_is_merged(proposing: Proposing) -> None:
    proposing.replace(*NAMED)
    proposing.propose()
    hook = proposing.git.folder / "hooks" / "pre-receive"
    # Bo's push arrives during the next one of the job, once.
    edit = proposing.commit(partners__other=PARTNER)
    before = git(proposing.git.folder, "rev-parse", f"{edit}^")
    git(proposing.git.folder, "update-ref", f"refs/heads/{BRANCH}", before)
    git(proposing.git.folder, "update-ref", "refs/kept/edit", edit)
    hook.write_text(
        f"#!/bin/sh\nrm -f {hook}\nunset GIT_QUARANTINE_PATH\n"
        f"git update-ref refs/heads/{BRANCH} {edit}\nexit 1\n"
    )
    hook.chmod(0o755)
    proposing.replace(*AGREED)
    ran = proposing.propose()

    assert ran == Ran(0, "#1: updated.\n")
    assert git(proposing.git.folder, "merge-base", edit, BRANCH) == edit
    assert "MSA-2" in proposing.read()


def test_a_refused_push_is_an_error(proposing: Proposing) -> None:
    hook = proposing.git.folder / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'protected branch' >&2\nexit 1\n")
    hook.chmod(0o755)
    proposing.replace(*NAMED)
    ran = proposing.propose()

    assert (ran.code, ran.out) == (1, "")
    assert "git push failed: " in ran.err
    assert "protected branch" in ran.err
    assert "ghs_bot" not in ran.err
