"""Values to models: checked against the JSON Schema of their kind, then read; all errors, in our words."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any

from pydantic import ValidationError

from reconciler.load.chunked_errors import PiecewiseValidator, SchemaError
from reconciler.load.schema_errors import MOST_TOLD, explained
from reconciler.load.yaml_events import Place, is_odd
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding, Source

Schemas = Mapping[KindName, dict[str, Any]]


class Validator:
    """The schemas of all kinds, each compiled when the first document of its kind comes."""

    def __init__(self, schemas: Schemas) -> None:
        def compiled(kind: KindName) -> PiecewiseValidator:
            return PiecewiseValidator(schemas[kind])

        self._compiled: Callable[[KindName], PiecewiseValidator] = cache(compiled)

    def check(
        self, document: Document, refused: Collection[Place] = (), most: int = MOST_TOLD
    ) -> list[Finding]:
        """Set the document's body where it fits its kind's schema, else return its errors.

        Of more than `most`, only the first are built, and one more finding says so. A document in which
        something was refused already, at these places, gets no body, and no second finding about that.
        """
        if document.kind is None:
            return []
        validator = self._compiled(document.kind)
        if refused:
            errors = filter(_stands_alone, validator.errors(document.data))
            found = _told(document, errors, most)
            return [finding for finding in found if (finding.line, finding.column) not in refused]
        if not validator.is_valid(document.data):
            return _told(document, validator.errors(document.data), most)
        try:
            document.body = DOCUMENTS[document.kind].model_validate(document.data)
        except ValidationError as errors:
            # The schema lets nothing through that the model refuses; should it ever, it is said.
            return [
                Finding.at(document.where(*error["loc"]), "schema", str(error["msg"]))
                for error in errors.errors()
            ]
        return []


def too_many(place: Source) -> Finding:
    """Return the finding that ends those of a file with very many."""
    said = f"more than {MOST_TOLD} things are wrong in this file, and the rest was not checked"
    return Finding.at(place, "schema", said, "fix those that are listed first")


def _told(document: Document, errors: Iterable[SchemaError], most: int) -> list[Finding]:
    """Return the findings of these errors, and of very many only the first."""
    few = list(islice(errors, most + 1))
    found = list(islice(explained(document, few[:most]), most + 1))
    if len(few) > most or len(found) > most:
        return [*found[:most], too_many(document.where())]
    return found


def _stands_alone(found: SchemaError) -> bool:
    """Whether no refused key causes an error: it is not in its value, and no key is missing beside it."""
    if any(is_odd(step) for step in found.path):
        return False
    instance = found.error.instance
    beside = (
        found.error.kind.name in {"required", "oneOf"}
        and isinstance(instance, dict)
        and any(map(is_odd, instance))
    )
    return not beside
