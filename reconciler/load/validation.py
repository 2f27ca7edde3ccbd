"""Values to models: checked against the JSON Schema of their kind, then read; all errors, in our words."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any

from pydantic import ValidationError

from reconciler.load.events import Place, is_odd
from reconciler.load.messages import Schema, explained
from reconciler.load.parsing import MOST_TOLD
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding

Schemas = Mapping[KindName, dict[str, Any]]


class Validator:
    """The schemas of all kinds, each compiled when the first document of its kind comes."""

    def __init__(self, schemas: Schemas) -> None:
        import jsonschema_rs  # noqa: PLC0415  start-up counts

        def compiled(kind: KindName) -> Any:
            return jsonschema_rs.Draft202012Validator(schemas[kind], validate_formats=True)

        self._schemas = schemas
        self._compiled: Callable[[KindName], Any] = cache(compiled)

    def check(self, document: Document, refused: Collection[Place] = ()) -> list[Finding]:
        """Set the document's body where it fits its kind's schema, else return every error.

        A document in which something was refused already, at these places, gets no body, and no second
        finding about that.
        """
        if document.kind is None:
            return []
        schema, validator = self._schemas[document.kind], self._compiled(document.kind)
        if refused:
            errors = (error for error in validator.iter_errors(document.data) if _stands_alone(error))
            found = _told(document, errors, schema)
            return [finding for finding in found if (finding.line, finding.column) not in refused]
        if not validator.is_valid(document.data):
            return _told(document, validator.iter_errors(document.data), schema)
        try:
            document.body = DOCUMENTS[document.kind].model_validate(document.data)
        except ValidationError as errors:
            # The schema lets nothing through that the model refuses; should it ever, it is said.
            return [
                Finding.at(document.where(*error["loc"]), "schema", str(error["msg"]))
                for error in errors.errors()
            ]
        return []


def _told(document: Document, errors: Iterable[Any], schema: Schema) -> list[Finding]:
    """Return the findings of these errors, and of very many only the first."""
    few = list(islice(errors, MOST_TOLD + 1))
    found = list(islice(explained(document, few[:MOST_TOLD], schema), MOST_TOLD + 1))
    if len(few) > MOST_TOLD or len(found) > MOST_TOLD:
        said = f"more than {MOST_TOLD} things are wrong in this document"
        return [*found[:MOST_TOLD], Finding.at(document.where(), "schema", said, "begin with those told")]
    return found


def _stands_alone(error: Any) -> bool:
    """Whether no refused key causes an error: it is not in its value, and no key is missing beside it."""
    if any(is_odd(step) for step in error.instance_path):
        return False
    instance = error.instance
    beside = (
        error.kind.name in {"required", "oneOf"} and isinstance(instance, dict) and any(map(is_odd, instance))
    )
    return not beside
