"""Tests of the exact messages for schema errors; `sentences/` has inputs and messages side by side."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.load.pattern_errors import SPELLINGS
from reconciler.schema import schemas
from tests.load import loading

SENTENCES = Path(__file__).parent / "sentences"
WRITTEN: dict[str, Callable[[Path, str], list[str]]] = {
    "partner": loading.partner,
    "access-group": loading.group,
    "configuration": loading.configuration,
}


def cases() -> Iterator[object]:
    """Yield kind, fields and sentences: a line of fields, and below it, indented, the messages for them."""
    for kind in WRITTEN:
        fields, answers = "", list[str]()
        for line in [*SENTENCES.joinpath(f"{kind}.txt").read_text().splitlines(), ""]:
            if line.startswith("    "):
                answers.append(line.strip())
            elif fields:
                yield pytest.param(kind, fields, answers, id=f"{kind}: {fields}")
                fields, answers = line, []
            else:
                fields = line


@pytest.mark.parametrize(("kind", "fields", "answers"), list(cases()))
def test_each_schema_error_has_its_message(
    kind: str, fields: str, answers: list[str], tmp_path: Path
) -> None:
    found = [line.partition(":")[2] for line in WRITTEN[kind](tmp_path, fields)]

    assert found == answers


def test_every_pattern_has_a_sentence() -> None:
    def patterns(schema: object) -> Iterator[str]:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                yield schema["pattern"]
            for part in schema.values():
                yield from patterns(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from patterns(part)

    assert set(patterns(schemas())) == set(SPELLINGS)
