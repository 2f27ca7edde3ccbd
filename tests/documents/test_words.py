"""Words that we gave up do not come back. The glossary lists them, so it is exempt."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
WORDS: Final = {
    # Unlike with \b, a word in snake_case counts as well.
    re.compile(rf"(?<![^\W_])({word})(?![^\W_])", re.IGNORECASE): better
    for word, _, better in (
        line.partition(" -> ")
        for line in Path(__file__).with_name("given_up_words.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
}

# Written by the program: its words are those of help texts.
GENERATED: Final = {"docs/commands.md"}
TEXTS: Final = (
    "*.md",
    ".github/**/*.yml",
    "Makefile",
    "action.yml",
    "bench/**/*.py",
    "demo",
    "docs/**/*.md",
    "docs/**/*.py",
    "examples/**/*.md",
    "examples/**/*.py",
    "examples/**/*.toml",
    "reconciler/**/*.py",
    "reconciler/**/*.yml",
)
FILES: Final = sorted(
    {path.relative_to(ROOT).as_posix() for pattern in TEXTS for path in ROOT.glob(pattern)}
    - {"docs/glossary.md"}
    - GENERATED
)


@pytest.mark.parametrize("file", FILES)
def test_words_that_we_gave_up_do_not_come_back(file: str) -> None:
    lines = enumerate(ROOT.joinpath(file).read_text("utf-8").splitlines(), 1)

    assert [
        f"{file}:{number}: {found[0]}: write {better}"
        for number, line in lines
        for word, better in WORDS.items()
        if (found := word.search(line))
    ] == []


def test_each_word_is_followed_by_what_we_use_instead() -> None:
    assert [word.pattern for word, better in WORDS.items() if not better] == []
