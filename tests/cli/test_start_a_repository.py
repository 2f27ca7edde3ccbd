"""The page for people who start their own repository, followed word for word in an empty folder."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Place

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "start-a-repository.md"
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path, capsys)


def test_the_page_leads_from_an_empty_folder_to_the_first_apply(empty: Place) -> None:
    ran = [
        each
        for language, text in BLOCK.findall(PAGE.read_text("utf-8"))
        for each in (saved(empty, text) if language == "yaml" else printed(empty, text))
    ]

    assert [command for command, missing in ran if missing is not None] == [
        "reconciler init",
        "reconciler validate",
        "reconciler new",
        "reconciler grant",
        "reconciler validate",
        "reconciler plan",
        "reconciler apply",
        "reconciler plan",
        "reconciler access",
    ]
    assert [each for each in ran if each[1]] == []


def saved(place: Place, text: str) -> Iterator[tuple[str, None]]:
    """Save an example whose first line is the path of a file."""
    comment, _, content = text.partition("\n")
    path = place.folder / comment.removeprefix("# ")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    yield path.name, None


def printed(place: Place, text: str) -> Iterator[tuple[str, list[str]]]:
    """Run the commands; yield each, and the lines of the page that it did not print."""
    for session in re.split(r"^\$ ", text.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, *expected = session.splitlines()
        program, *arguments = shlex.split(command)
        ran = place.run(*arguments)
        lines = ran.out.splitlines() if ran.code == 0 else []
        yield f"{program} {arguments[0]}", [each for each in expected if each not in lines]
