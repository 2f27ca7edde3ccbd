import json
from pathlib import Path

from reconciler.schema import drift, files, output_schemas, schemas

KEPT = Path(__file__).parents[2] / "schemas"
NAMES = [
    "partner.schema.json",
    "access-group.schema.json",
    "api-product.schema.json",
    "catalog.schema.json",
    "configuration.schema.json",
    "people.schema.json",
    "plan.schema.json",
    "plans.schema.json",
    "receipt.schema.json",
    "receipts.schema.json",
    "findings.schema.json",
    "access.schema.json",
    "access-reports.schema.json",
    "forecast.schema.json",
    "list.schema.json",
    "doctor.schema.json",
    "approvals.schema.json",
    "people-pull.schema.json",
    "sync.schema.json",
]


def test_the_kept_schemas_are_what_the_models_say() -> None:
    assert drift(KEPT) == []


def test_every_kept_schema_is_written() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == sorted(NAMES)


def test_there_is_a_file_for_each_kind_and_each_output() -> None:
    held = {name: json.loads(content) for name, content in files().items()}

    assert list(held) == NAMES
    assert [each["$id"] for each in held.values()] == NAMES
    assert list(held.values()) == [*schemas().values(), *output_schemas().values()]


def test_files_that_are_missing_different_or_not_text_have_drifted(tmp_path: Path) -> None:
    for name, content in files().items():
        tmp_path.joinpath(name).write_text(content)
    tmp_path.joinpath("partner.schema.json").unlink()
    tmp_path.joinpath("plan.schema.json").write_text("{}\n")
    tmp_path.joinpath("access.schema.json").write_bytes(b"\xff")

    assert drift(tmp_path) == ["partner.schema.json", "plan.schema.json", "access.schema.json"]
