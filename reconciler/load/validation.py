"""Convert documents to the models of their kind, or report all errors by the JSON Schema of the kind."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from reconciler.load.chunked_errors import ChunkedValidator, SchemaError
from reconciler.load.schema_errors import MAX_FINDINGS, explain, has_message
from reconciler.load.yaml_events import Place, is_refused_key
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding, Source

Schemas = Mapping[KindName, dict[str, Any]]


# Compiling a schema takes longer than validating a few files, and one run reads several sets of files.
_COMPILED: Final[dict[int, ChunkedValidator]] = {}


class Validator:
    """The schemas of all kinds; each is compiled when the first document of its kind has an error.

    A model accepts the same documents as its schema, so a document that fits needs no schema.
    """

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def check(
        self, document: Document, refused: Collection[Place] = (), most: int = MAX_FINDINGS
    ) -> list[Finding]:
        """Set the document's body if it matches the model of its kind, otherwise return its errors.

        At most `most` findings are built; one more reports that there are others. A document with values
        that were `refused` while parsing gets no body, and no second finding at those places.
        """
        if document.kind is None:
            return []
        if refused:
            errors = filter(_is_independent, self._errors(document.kind, document.data))
            found = _findings(document, errors, most)
            return [finding for finding in found if (finding.line, finding.column) not in refused]
        try:
            document.body = DOCUMENTS[document.kind].model_validate(document.data)
        except ValidationError as error:
            # The model alone reports what a schema cannot express: one setting that restricts another.
            return _findings(document, self._errors(document.kind, document.data), most) or [
                Finding.at(document.where(*each["loc"]), "schema", each["msg"].removeprefix("Value error, "))
                for each in error.errors()
            ]
        return []

    def _errors(self, kind: KindName, data: Any) -> Iterator[SchemaError]:
        """Yield the errors of data by the schema of a kind."""
        return _compiled(self._schemas[kind]).errors(data)


def _compiled(schema: dict[str, Any]) -> ChunkedValidator:
    """Return the validator of a schema, which it keeps alive, so that the id stays the schema's own."""
    found = _COMPILED.get(id(schema))
    if found is None:
        found = _COMPILED[id(schema)] = ChunkedValidator(schema)
    return found


def explained(document: Document, schema: dict[str, Any]) -> list[Finding]:
    """Return the errors of a document by another schema; none if one of them has no message of ours."""
    errors = list(islice(ChunkedValidator(schema).errors(document.data), MAX_FINDINGS))
    return list(explain(document, errors)) if all(map(has_message, errors)) else []


def too_many(place: Source) -> Finding:
    """Return the last finding of a file that has too many."""
    message = f"the file has more than {MAX_FINDINGS} errors, and the rest of it was not checked"
    return Finding.at(place, "schema", message, "fix the listed errors first")


def _findings(document: Document, errors: Iterable[SchemaError], most: int) -> list[Finding]:
    """Return the findings for these errors, at most `most` and one that reports the rest."""
    few = list(islice(errors, most + 1))
    found = list(islice(explain(document, few[:most]), most + 1))
    if len(few) > most or len(found) > most:
        return [*found[:most], too_many(document.where())]
    return found


def _is_independent(found: SchemaError) -> bool:
    """Return whether an error is not a consequence of a key that was refused while parsing."""
    if any(is_refused_key(step) for step in found.path):
        return False
    instance = found.error.instance
    beside = (
        found.error.kind.name in {"required", "oneOf"}
        and isinstance(instance, dict)
        and any(map(is_refused_key, instance))
    )
    return not beside
