"""The code in the guide for adapters is the code of the example."""

import re
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/write-an-adapter.md"
BLOCK = re.compile(r"^(?:<!-- (\S+) -->\n)?```(?:python|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = BLOCK.findall(PAGE.read_text("utf-8"))


@pytest.mark.parametrize(("file", "code"), BLOCKS, ids=[f"{file}:{code[:40]}" for file, code in BLOCKS])
def test_each_part_of_a_block_is_in_its_file(file: str, code: str) -> None:
    text = ROOT.joinpath(file).read_text("utf-8")
    parts = [part.strip("\n") for part in re.split(r"\n\n(?=\S)", code)]

    # A method is shown without its indentation.
    assert [
        part for part in parts if f"{part}\n" not in text and f"{indent(part, '    ')}\n" not in text
    ] == []


def test_the_guide_shows_code() -> None:
    assert len(BLOCKS) > 10
