from pathlib import Path

import pytest

from reconciler.cli.git.blame import history
from reconciler.model.finding import Source
from tests.cli.git import commits
from tests.cli.git.commits import ANA, BO, git


def committed(folder: Path, text: str, who: tuple[str, str], message: str = "x") -> str:
    (folder / "acme.yaml").write_text(text)
    return commits.committed(folder, message, who)[:8]


def told(folder: Path, *lines: int) -> list[str]:
    places = [Source("acme.yaml", line, 1) for line in lines]
    found = history(folder, places)
    return [str(found.get(place)) for place in places]


def test_each_line_names_the_commit_the_author_and_the_day_that_brought_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    first = committed(tmp_path, "one\ntwo\nthree\n", ANA)
    second = committed(tmp_path, "one\nzwei\nthree\n", BO)

    assert told(tmp_path, 1, 2, 3) == [
        f"{first} Ana, 2026-10-01",
        f"{second} Bo, 2026-11-01",
        f"{first} Ana, 2026-10-01",
    ]


def test_a_line_that_is_not_committed_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    committed(tmp_path, "one\n", ANA)
    (tmp_path / "acme.yaml").write_text("one\ntwo\n")

    assert told(tmp_path, 2) == ["not committed yet"]


def test_a_file_that_is_not_committed_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    (tmp_path / "acme.yaml").write_text("one\n")

    assert told(tmp_path, 1) == ["not committed yet"]


def test_lines_are_found_below_new_ones_and_however_a_checkout_ends_them(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    first = committed(tmp_path, "one\ntwo\nthree\n", ANA)
    (tmp_path / "acme.yaml").write_bytes(b"new\r\none\r\n2\r\nthree")

    assert told(tmp_path, 1, 2, 3, 4) == [
        "not committed yet",
        f"{first} Ana, 2026-10-01",
        "not committed yet",
        f"{first} Ana, 2026-10-01",
    ]


def test_without_a_repository_nobody_is_named(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("one\n")

    assert told(tmp_path, 1) == ["None"]


def test_a_pull_request_and_who_approved_it_are_named_by_messages(tmp_path: Path) -> None:
    squashed = "Let Acme in (#12)\n\nReviewed-by: Cy <c@acme.example>\nApproved-By: Di\nreviewed-by: Cy"
    first = committed(tmp_path, "one\n", ANA, squashed)

    assert told(tmp_path, 1) == [f"{first} Ana, 2026-10-01, #12, approved by Cy, Di"]


def merged(folder: Path, message: str) -> tuple[str, str]:
    """Merge a branch, in whose second commit a line was written, by a commit with this message."""
    committed(folder, "one\n", ANA)
    git(folder, "switch", "-q", "-c", "topic")
    commits.committed(folder, "Begin")
    line = committed(folder, "one\ntwo\n", BO, "Write two\n\nAcked-by: Ed")
    git(folder, "switch", "-q", "main")
    commits.committed(folder, "Something else (#7)")
    git(folder, "merge", "-q", "--no-ff", "-m", message, "topic")
    commits.committed(folder, "Later (#99)")
    return line, f"{line} Bo, 2026-11-01"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Merge pull request #12 from acme/topic\n\nApproved-by: Cy", "#12"),
        ("Merge pull request 'Two' (#12) from topic into main\n\nReviewed-by: Cy", "#12"),
        ("Merge branch 'topic'\n\nSee merge request our-company/access!34\n\nApproved-by: Cy", "!34"),
        ("Merged in topic (pull request #5)\n\nApproved-by: Cy", "#5"),
    ],
)
def test_a_commit_of_a_branch_has_the_review_of_the_merge_that_brought_it(
    tmp_path: Path, message: str, name: str
) -> None:
    _, brought = merged(tmp_path, message)

    assert told(tmp_path, 2) == [f"{brought}, {name}, approved by Cy, Ed"]


def test_a_merge_that_names_no_pull_request_brings_none(tmp_path: Path) -> None:
    _, brought = merged(tmp_path, "Merge branch topic")

    assert told(tmp_path, 2) == [f"{brought}, approved by Ed"]


def test_a_number_in_a_text_is_no_pull_request(tmp_path: Path) -> None:
    first = committed(tmp_path, "one\n", ANA, "Ticket #12\n\nSee (#13), merge request !14")

    assert told(tmp_path, 1) == [f"{first} Ana, 2026-10-01"]
