"""A pull request of people.lock is merged by the job that computed it, and nothing else is."""

from collections.abc import Iterator

import pytest

from tests.cli.directories import CONFIGURED, GONE, LOCK, TEAM
from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.proposing import APP, Proposing, proposing_at
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub

# Each of them makes repositories and a server.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]
BRANCH = "reconciler/people-removals"
APPROVALS = "reconciler/approvals"
ADDED = GONE.replace("bo@acme.example", "di@acme.example")


@pytest.fixture
def proposing(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proposing]:
    place.write(reconciler=CONFIGURED, partners__acme=TEAM)
    (place.folder / "people.lock").write_text(LOCK)
    with proposing_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def merge(proposing: Proposing, text: str = GONE, *options: str) -> Ran:
    """Propose this people.lock, and merge it."""
    (proposing.folder / "people.lock").write_text(text)
    given = ("--branch", BRANCH, "--title", "Remove people who left", "--app", APP)
    return proposing.place.run("propose", *given, "--merge", *options)


def on_main(proposing: Proposing) -> str:
    return proposing.read("people.lock", "main")


def passes(proposing: Proposing) -> None:
    """Let the required check pass at the head of the branch."""
    proposing.state.follow()
    run = {"name": APPROVALS, "head_sha": proposing.git.head(BRANCH), "conclusion": "success"}
    proposing.state.check(proposing.state.tokens["ghs_actions"], run)


def test_who_left_is_merged_at_once(proposing: Proposing) -> None:
    ran = merge(proposing)

    assert ran == Ran(0, "#1: created.\n#1: merged.\n")
    assert on_main(proposing) == GONE
    assert proposing.pull["merged_by"]["login"] == "people-bot[bot]"
    proposing.next_run()
    assert merge(proposing) == Ran(0, "No changes.\n")


def test_it_waits_for_the_required_checks_until_the_next_run(proposing: Proposing) -> None:
    proposing.state.required.add(APPROVALS)
    first = merge(proposing, GONE, "--wait", "30")
    head = proposing.git.head(BRANCH)
    proposing.commit("main", notes="meeting: today\n")
    proposing.next_run()
    passes(proposing)
    second = merge(proposing)

    refused = f'#1 is not merged yet: Required status check "{APPROVALS}" is expected.'
    assert first == Ran(0, f"#1: created.\n{refused}\n")
    assert list(proposing.state.pulls) == [1]
    assert second == Ran(0, "#1: unchanged.\n#1: merged.\n")
    assert git(proposing.git.folder, "merge-base", str(head), "main") == head
    assert on_main(proposing) == GONE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("removals", "none"),
        ('      bot: {github: "people-bot[bot]"}\n', ""),
        ("people-bot[bot]", "other[bot]"),
    ],
    ids=["none", "no bot", "another bot"],
)
def test_without_a_standing_approval_nothing_is_proposed(proposing: Proposing, old: str, new: str) -> None:
    proposing.replace(old, new, "reconciler.yaml")
    git(proposing.folder, "commit", "-qam", "Set it")
    ran = merge(proposing)

    assert ran == Ran(
        0,
        "Nothing was proposed: no standing approval lets people-bot[bot] merge"
        " membership/acme/ops/cy@acme.example.\n",
    )
    assert proposing.state.pulls == {}


def test_who_comes_is_not_merged(proposing: Proposing) -> None:
    ran = merge(proposing, ADDED)

    assert "no standing approval lets people-bot[bot] merge membership/acme/ops/di@acme.example" in ran.out
    assert proposing.state.pulls == {}


def test_a_changed_id_alone_is_not_merged(proposing: Proposing) -> None:
    ran = merge(proposing, LOCK.replace('id: "2"', 'id: "9"'))

    assert ran == Ran(
        0, "Nothing was proposed: no standing approval lets people-bot[bot] merge people.lock.\n"
    )


def test_another_changed_file_is_not_merged_along(proposing: Proposing) -> None:
    proposing.replace("MSA-1", "MSA-2")
    ran = merge(proposing)

    assert ran.out.startswith("Nothing was proposed: partners/acme.yaml changes, and standing approvals")


def test_a_setting_that_is_not_committed_does_not_count(proposing: Proposing) -> None:
    proposing.replace("removals", "all", "reconciler.yaml")
    ran = merge(proposing, ADDED)

    assert ran.out.startswith("Nothing was proposed: reconciler.yaml changes, and standing approvals")
