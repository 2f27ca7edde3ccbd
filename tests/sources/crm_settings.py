"""Settings of sources for tests, as a configuration has them."""

from typing import Any

from reconciler.model.crm_settings import CsvSource, JsonlSource

FIELDS = {"displayName": "Name", "type": {"default": "reseller"}, "owner": {"default": "partnerships"}}


def csv_source(**settings: Any) -> CsvSource:
    """Return a CSV source with the columns Id and Name, and others in `fields`."""
    return CsvSource.model_validate(_with_defaults("csv", settings))


def jsonl_source(**settings: Any) -> JsonlSource:
    """Return a source of JSON lines with the keys Id and Name, and others in `fields`."""
    return JsonlSource.model_validate(_with_defaults("jsonl", settings))


def _with_defaults(sort: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"type": sort, "id": "Id", **settings, "fields": {**FIELDS, **settings.get("fields", {})}}
