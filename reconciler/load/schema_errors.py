"""Messages for schema errors: what is wrong and what to do, by the keyword that failed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from reconciler.load.chunked_errors import Schema, SchemaError
from reconciler.load.pattern_errors import misspelled, spelling
from reconciler.load.phrases import (
    close_matches,
    describe_type,
    did_you_mean,
    join_words,
    quote,
    suggest,
    value_path,
    yaml_scalar,
)
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.source_map import Path

Message: TypeAlias = tuple[str, str]

_TYPES: Final = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "boolean": "true or false",
}


# More findings of one file are not useful.
MAX_FINDINGS: Final = 500


class SchemaViolation:
    """One error of jsonschema-rs with its document and its schema."""

    def __init__(self, document: Document, found: SchemaError) -> None:
        error = found.error
        self.document = document
        self.keyword: str = error.kind.name
        self.details: dict[str, Any] = error.kind.as_dict()
        self.path = found.path
        self.value = _at(document.data, self.path)
        self.value_path = value_path(self.path)
        self._schema_path: Sequence[str | int] = error.schema_path
        self._root = found.schema
        self.schema: Any = _at(found.schema, self._schema_path[:-1])

    def other_types(self) -> list[str]:
        """Return the other types that the value may have, if the schema has a branch for each type."""
        path, found = self._schema_path[:-1], list[str]()
        while path[-1:] == ["else"]:
            path = path[:-1]
            condition = _at(self._root, path)["if"]
            found += [_TYPES[condition["type"]]] if "type" in condition else []
        return found[::-1]

    def is_entry(self) -> bool:
        """Return whether the value is an entry of a list."""
        return isinstance(self.path[-1], int)

    def finding(self, message: Message, *step: str, key: bool = False) -> Finding:
        """Return a finding at the value or at one of its keys."""
        return Finding.at(self.document.where(*self.path, *step, key=key), "schema", *message)


def explain(document: Document, errors: Iterable[SchemaError]) -> Iterator[Finding]:
    """Yield a finding for each error; if a value has several, only that of the first keyword below."""
    violations = [SchemaViolation(document, error) for error in errors]
    # A misspelled key is also missing under its correct name: report it only once.
    unknown = ((each, key) for each in violations for key in _unexpected(each))
    meant = {(each.path, key) for each, name in islice(unknown, MAX_FINDINGS) for key in _meant(each, name)}
    violations = [each for each in violations if (each.path, each.details.get("property")) not in meant]
    reported: set[Path] = set()
    for violation in sorted(violations, key=_rank):
        if violation.keyword in _ABOUT_KEYS:
            yield from _ABOUT_KEYS[violation.keyword](violation)
        elif violation.path not in reported:
            reported.add(violation.path)
            yield violation.finding(_about(violation))


def has_message(found: SchemaError) -> bool:
    """Return whether there is a message for the keyword that failed."""
    return found.error.kind.name in {*_ABOUT_VALUES, *_ABOUT_KEYS}


def _rank(violation: SchemaViolation) -> int:
    return list(_ABOUT_VALUES).index(violation.keyword) if violation.keyword in _ABOUT_VALUES else 0


def _about(violation: SchemaViolation) -> Message:
    if violation.value is None or violation.value == "":
        removal = "remove it" if violation.is_entry() else "remove the key"
        return f"{violation.value_path} is empty", f"give it a value, or {removal}"
    return _ABOUT_VALUES[violation.keyword](violation)


def _type(violation: SchemaViolation) -> Message:
    words = _words(violation.schema)
    types = words or [_TYPES[name] for name in violation.details["types"]]
    wanted = join_words([*types, *violation.other_types()], "or")
    message = f"{violation.value_path} must be {wanted}, not {describe_type(violation.value)}"
    if types == ["text"] and isinstance(violation.value, bool | int | float):
        return message, _quoted(yaml_scalar(violation.value), violation.schema)
    if (
        types == ["a list"]
        and not isinstance(violation.value, dict)
        and yaml_scalar(violation.value).isprintable()
    ):
        return message, f"write it as a list: [{yaml_scalar(violation.value)}]"
    return message, ""


def _quoted(text: str, schema: Schema) -> str:
    """Return a hint how to write a number or boolean as text: in quotes, unless that is invalid, too."""
    if "pattern" in schema and not re.search(schema["pattern"], text):
        return spelling(schema).hint
    return f'quote it: "{text}"'


def _word(violation: SchemaViolation) -> Message:
    words = _words(violation.schema)
    wanted = join_words([*words, *violation.other_types()], "or")
    message = f"{violation.value_path} must be {wanted}, not {quote(violation.value)}"
    return message, did_you_mean(violation.value, words)


def _words(schema: Schema) -> list[str]:
    """Return the allowed values of a schema, or nothing if it does not enumerate them."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _spelling(violation: SchemaViolation) -> Message:
    return misspelled(violation.value_path, violation.value, violation.details)


def _length(violation: SchemaViolation) -> Message:
    limit = violation.details["limit"]
    message = f"{violation.value_path} is too long: {counted(len(violation.value), 'character')}"
    return message, f"use at most {limit} characters"


def _entries(violation: SchemaViolation) -> Message:
    return f"{violation.value_path} must have at least one entry", "add one"


def _amount(violation: SchemaViolation) -> Message:
    bound = "least" if violation.keyword == "minimum" else "most"
    limit = violation.details["limit"]
    return f"{violation.value_path} must be at {bound} {limit}, not {yaml_scalar(violation.value)}", ""


# In this order: if a value violates several keywords, the first one is reported.
_ABOUT_VALUES: Final[Mapping[str, Callable[[SchemaViolation], Message]]] = {
    "type": _type,
    "const": _word,
    "enum": _word,
    "pattern": _spelling,
    "format": _spelling,
    "maxLength": _length,
    "minLength": _length,
    "minItems": _entries,
    "minProperties": _entries,
    "minimum": _amount,
    "maximum": _amount,
}


def _missing(violation: SchemaViolation) -> Iterator[Finding]:
    key = violation.details["property"]
    description = violation.schema.get("properties", {}).get(key, {}).get("description", "")
    first = description.partition(". ")[0].rstrip(".")
    # Not of an abbreviation, such as APIs.
    first = first[:1].lower() + first[1:] if first[1:2].islower() else first
    hint = f"add it: {first}" if first else "add it"
    yield violation.finding((f'{violation.value_path} is missing the key "{key}"', hint))


def _unknown(violation: SchemaViolation) -> Iterator[Finding]:
    known = list(violation.schema.get("properties", ()))
    for name in violation.details["unexpected"]:
        message = f"unknown key {quote(name)}", suggest(name, known)
        yield violation.finding(message, name, key=True)


def _unexpected(violation: SchemaViolation) -> Sequence[str]:
    """Return the unknown keys that the error reports."""
    keys: Sequence[str] = (
        violation.details["unexpected"] if violation.keyword == "additionalProperties" else ()
    )
    return keys


def _meant(violation: SchemaViolation, name: str) -> list[str]:
    """Return the known key that an unknown one was probably meant to be."""
    return close_matches(name, list(violation.schema.get("properties", ())))


def _badly_named(violation: SchemaViolation) -> Iterator[Finding]:
    """Yield the finding for a key with an invalid name."""
    error = violation.details["error"]
    name: str = error.instance
    details: dict[str, Any] = error.kind.as_dict()
    if name == "":
        message = "a key is empty", "give it a name"
    elif "options" in details:
        message = f"unknown key {quote(name)}", suggest(name, details["options"])
    elif "limit" in details:
        problem = f"the key {quote(name)} is too long: {len(name)} characters"
        message = problem, f"use at most {details['limit']} characters"
    else:
        message = misspelled("the key", name, details)
    yield violation.finding(message, name, key=True)


def _choice(violation: SchemaViolation) -> Iterator[Finding]:
    """Yield the finding for a mapping that has none or several of its mutually exclusive keys."""
    if not isinstance(violation.value, dict):
        return  # It is not a mapping; its type is reported instead.
    options = [branch["required"][0] for branch in violation.schema["oneOf"]]
    hint = f"use exactly one of {join_words(options, 'and')}"
    given = [name for name in violation.value if name in options]
    if given:
        problem = f"{violation.value_path} has the mutually exclusive keys {join_words(given, 'and')}"
        message = problem, hint
        yield violation.finding(message, given[1], key=True)
    else:
        yield violation.finding(
            (f"{violation.value_path} is missing the key {join_words(options, 'or')}", hint)
        )


_ABOUT_KEYS: Final[Mapping[str, Callable[[SchemaViolation], Iterator[Finding]]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "propertyNames": _badly_named,
    "oneOf": _choice,
}


# The keywords that have messages; no schema uses another validating keyword.
KEYWORDS: Final = frozenset({*_ABOUT_VALUES, *_ABOUT_KEYS})


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data
