"""What the documents show is tried, and what they point at is there."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.model.document import DOCUMENTS
from tests.builders import document

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
BLOCK = re.compile(r"^( *)```yaml\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
ANCHOR = re.compile(r"\]\(([^)\s#]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MODULE = re.compile(r"`((?:[\w.]+/)+[\w.]+\.(?:py|yml|txt))`")


def blocks(page: Path) -> list[str]:
    return [
        "\n".join(line.removeprefix(indent) for line in text.splitlines())
        for indent, text in BLOCK.findall(page.read_text("utf-8"))
    ]


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_a_file(page: Path) -> None:
    prose = CODE.sub("", page.read_text("utf-8"))
    links = [link for link in LINK.findall(prose) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_no_long_line_of_the_changelog_occurs_twice() -> None:
    lines = Counter(ROOT.joinpath("CHANGELOG.md").read_text("utf-8").splitlines())

    assert [line for line, count in lines.items() if count > 1 and len(line) > 40] == []


def anchors(page: Path) -> set[str]:
    """The anchors that forges give to the headings of a page."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_anchor_is_a_heading(page: Path) -> None:
    links = ANCHOR.findall(CODE.sub("", page.read_text("utf-8")))
    local = [(path, anchor) for path, anchor in links if "://" not in path]

    assert [
        f"{path}#{anchor}"
        for path, anchor in local
        if anchor not in anchors(page.parent / path if path else page)
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_module_that_a_page_names_exists(page: Path) -> None:
    names = MODULE.findall(page.read_text("utf-8"))
    folders = (ROOT, ROOT / "reconciler", ROOT / "reconciler" / "portals")

    assert [name for name in names if not any(folder.joinpath(name).is_file() for folder in folders)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_yaml_example_is_yaml(page: Path) -> None:
    for block in blocks(page):
        assert list(yaml.safe_load_all(block))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_whole_example_fits_its_model(page: Path) -> None:
    examples = [block for block in blocks(page) if "apiVersion:" in block]

    assert [example for example in examples if document(example).body is None] == []


def keys(schema: Any) -> set[str]:
    """All keys that a schema knows, however deep."""
    if isinstance(schema, list):
        return set().union(*map(keys, schema))
    if not isinstance(schema, dict):
        return set()
    below = schema.get("properties")
    own = set(below) if isinstance(below, dict) else set()
    return own.union(*map(keys, schema.values()))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_language_page_names_every_key(kind: str) -> None:
    model = next(model for name, model in DOCUMENTS.items() if name == kind)
    page = ROOT.joinpath("docs", "language.md").read_text("utf-8")

    assert [
        key for key in sorted(keys(model.model_json_schema())) if not re.search(rf"\b{key}\b", page)
    ] == []


def test_the_locks_hold_every_dependency() -> None:
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    asked = {
        "requirements.lock": [*project["project"]["dependencies"], *extras["ldap"], *extras["scim"]],
        "requirements-dev.lock": [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]],
    }

    missing = {
        lock: [
            name
            for name in map(package, wanted)
            if f"\n{name}==" not in f"\n{ROOT.joinpath(lock).read_text()}"
        ]
        for lock, wanted in asked.items()
    }

    assert missing == {"requirements.lock": [], "requirements-dev.lock": []}


def test_the_locks_agree() -> None:
    both = [pins(ROOT / "requirements.lock"), pins(ROOT / "requirements-dev.lock")]

    assert both[0] <= both[1]


def package(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement)[0].lower()


def pins(lock: Path) -> set[str]:
    return {line.rstrip(" \\") for line in lock.read_text().splitlines() if line[:1].isalnum()}
