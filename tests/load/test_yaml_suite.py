"""The public YAML test suite: what is read as it wants, and a kept list of all that is not, and why.

`yaml-test-suite.txt` has a line a case that is read otherwise than the suite wants: `refused` with the place
and the reason, `accepted` though the suite has it as no YAML, or `read` as other values.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from reconciler.load.yaml_parser import parse
from reconciler.model.finding import Severity

HERE: Final = Path(__file__).parent
CASES: Final = json.loads(HERE.joinpath("yaml-test-suite.json").read_text())["cases"]


def test_the_suite_is_read_as_it_wants_but_for_what_is_kept_in_the_list() -> None:
    otherwise = [f"{case['id']} {told}" for case in CASES if (told := departure(case))]

    assert otherwise == HERE.joinpath("yaml-test-suite.txt").read_text().splitlines()


def departure(case: dict[str, Any]) -> str | None:
    """Return how a case is read otherwise than it wants, or None."""
    raws, findings, _ = parse("case.yaml", case["yaml"].encode())
    values = [raw.data for raw in raws]
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if case.get("fail"):
        return None if errors else f"accepted as {written(values)}"
    if errors:
        return f"refused at {errors[0].line}:{errors[0].column}, {errors[0].message}"
    if "json" in case and written(values) != written(list(wanted(case["json"]))):
        return f"read as {written(values)}"
    return None


def written(values: list[Any]) -> str:
    """Return values as JSON, which tells 1 from 1.0 and from true, as Python's `==` does not."""
    return json.dumps(values, sort_keys=True)


def wanted(text: str) -> Iterator[Any]:
    """Yield the values of concatenated JSON texts."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:]
