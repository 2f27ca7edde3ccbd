import subprocess
from pathlib import Path

from reconciler.cli.git.blame import history
from reconciler.model.finding import Source

ANA, BO = ("Ana", "2026-10-01T12:00:00Z"), ("Bo", "2026-11-01T12:00:00Z")


def git(folder: Path, *arguments: str, who: tuple[str, str] = ANA) -> str:
    name, moment = who
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": "x@acme.example",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": "x@acme.example",
        "GIT_COMMITTER_DATE": moment,
    }
    ran = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def committed(folder: Path, text: str, who: tuple[str, str]) -> str:
    (folder / "acme.yaml").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x", who=who)
    return git(folder, "rev-parse", "HEAD")[:8]


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
