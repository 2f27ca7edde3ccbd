import json
from pathlib import Path

import pytest

from reconciler.errors import InputError
from reconciler.schema import drift, output_schemas, schemas, write

KEPT = Path(__file__).parents[2] / "schemas"
NAMES = [
    "partner.schema.json",
    "access-group.schema.json",
    "api-product.schema.json",
    "catalog.schema.json",
    "configuration.schema.json",
    "plan.schema.json",
    "receipt.schema.json",
    "findings.schema.json",
    "access.schema.json",
]


def test_the_kept_schemas_are_what_the_models_say() -> None:
    assert drift(KEPT) == []


def test_every_kept_schema_is_written() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == sorted(NAMES)


def test_a_file_a_kind_and_an_output_is_written(tmp_path: Path) -> None:
    written = write(tmp_path / "new" / "schemas")

    assert [path.name for path in written] == NAMES
    assert [json.loads(path.read_text())["$id"] for path in written] == NAMES


def test_what_was_written_is_read_back_as_it_is_used(tmp_path: Path) -> None:
    made = [json.loads(path.read_text()) for path in write(tmp_path)]

    assert made == [*schemas().values(), *output_schemas().values()]


def test_files_that_miss_or_differ_or_are_no_text_have_drifted(tmp_path: Path) -> None:
    write(tmp_path)
    tmp_path.joinpath("partner.schema.json").unlink()
    tmp_path.joinpath("plan.schema.json").write_text("{}\n")
    tmp_path.joinpath("access.schema.json").write_bytes(b"\xff")

    assert drift(tmp_path) == ["partner.schema.json", "plan.schema.json", "access.schema.json"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("taken").write_text("")

    with pytest.raises(InputError) as told:
        write(tmp_path / "taken")

    assert told.value.message == f"{tmp_path / 'taken'} cannot be written: File exists"
