"""The code in the guide for adapters is the code of the example."""

import ast
import importlib
import re
from pathlib import Path
from textwrap import indent

import pytest
from click.testing import CliRunner

from reconciler.cli.main import program

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/write-an-adapter.md"
BLOCK = re.compile(r"^(?:<!-- (\S+) -->\n)?```(?:python|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
YAML = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| `(reconciler\.\S+)` \| (.+) \|$", re.MULTILINE)
IMPORTS = {row[1]: set(re.findall(r"`(\w+)`", row[2])) for row in ROW.finditer(PAGE.read_text("utf-8"))}
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


def imported(file: Path) -> dict[str, set[str]]:
    """Return what a module imports from the reconciler, by module."""
    tree = ast.parse(file.read_text("utf-8"))
    found = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    names = {each.module: {alias.name for alias in each.names} for each in found if each.module}
    return {module: names[module] for module in names if module.startswith("reconciler.")}


@pytest.mark.parametrize("file", sorted({file for file, _ in BLOCKS if file.endswith(".py")}))
def test_the_guide_says_where_its_names_are_imported_from(file: str) -> None:
    for module, names in imported(ROOT / file).items():
        assert names <= IMPORTS.get(module, set()), module


@pytest.mark.parametrize("module", IMPORTS)
def test_the_names_in_the_guide_can_be_imported(module: str) -> None:
    found = importlib.import_module(module)

    assert [name for name in IMPORTS[module] if not hasattr(found, name)] == []


def test_the_files_in_the_guide_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in YAML.findall(PAGE.read_text("utf-8")):
        tmp_path.joinpath(name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)

    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "catalog.yaml",
        "group.yaml",
        "partner.yaml",
        "reconciler.yaml",
    ]
    printed = CliRunner().invoke(program, ["validate"]).output

    assert printed.count(": warning: ") == 1
    assert 'no package provides the portal type "keystone"' in printed
    assert printed.endswith("\n4 documents in 4 files: 1 warning.\n")
