"""Values to models: checked against the JSON Schema of their kind, then read; all errors, in our words."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from reconciler.load.messages import explained
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding

Schemas = Mapping[KindName, dict[str, Any]]


class Validator:
    """The schemas of all kinds, each compiled when the first document of its kind comes."""

    def __init__(self, schemas: Schemas) -> None:
        import jsonschema_rs  # noqa: PLC0415  start-up counts

        def compiled(kind: KindName) -> Any:
            return jsonschema_rs.Draft202012Validator(schemas[kind], validate_formats=True)

        self._compiled: Callable[[KindName], Any] = cache(compiled)

    def check(self, document: Document) -> list[Finding]:
        """Set the document's body where it fits its kind's schema, else return every error."""
        if document.kind is None:
            return []
        validator = self._compiled(document.kind)
        if not validator.is_valid(document.data):
            return [
                finding
                for error in validator.iter_errors(document.data)
                for finding in explained(document, error)
            ]
        try:
            document.body = DOCUMENTS[document.kind].model_validate(document.data)
        except ValidationError as refused:
            # The schema lets nothing through that the model refuses; should it ever, it is said.
            return [
                Finding.at(document.where(*_path(error["loc"])), "schema", str(error["msg"]))
                for error in refused.errors()
            ]
        return []


def _path(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return loc
