"""The list of the Application Security Verification Standard in docs/security-model.md is complete."""

import re
from pathlib import Path

# Levels 1 and 2 of version 5.0.0: how many requirements each section has, from its number 1 on.
_SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "security-model.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (\d[\d., to]*) \| (met|operator|none|differs) \| (.+) \|$", re.MULTILINE)
_CODE = re.compile(r"`(portal_server/[a-z_/]+(?:\.py|/|\.js))`")
_TEST = re.compile(r"`(test_[a-z_]+)`")


def _numbers(text: str) -> list[str]:
    found: list[str] = []
    for part in text.split(", "):
        first, _, last = part.partition(" to ")
        section, _, number = first.rpartition(".")
        end = int(last.rpartition(".")[2]) if last else int(number)
        found += [f"{section}.{each}" for each in range(int(number), end + 1)]
    return found


def test_every_requirement_is_in_the_list_once() -> None:
    listed = [number for row in _ROW.finditer(_PAGE) for number in _numbers(row[1])]

    assert sorted(listed) == sorted(
        f"{section}.{number + 1}" for section, count in _SECTIONS.items() for number in range(count)
    )


def test_all_code_that_meets_a_requirement_exists() -> None:
    named = {name for row in _ROW.finditer(_PAGE) for name in _CODE.findall(row[3])}

    assert len(named) > 20
    assert [name for name in sorted(named) if not (_ROOT / "reconciler" / name).exists()] == []


def test_each_test_of_a_requirement_exists() -> None:
    named = {name for row in _ROW.finditer(_PAGE) for name in _TEST.findall(row[3])}
    known = {file.stem for file in (_ROOT / "tests" / "portal_server").rglob("test_*.py")}

    assert len(named) > 10
    assert sorted(named - known) == []
