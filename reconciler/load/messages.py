"""The sentences for what a schema refuses: what is wrong and what to do, by the sort of error."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.document import DOCUMENTS, Document
from reconciler.model.finding import Finding, Source
from reconciler.model.positions import Path

_TYPES: Final = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_LIMITS: Final = {
    "minimum": "at least {limit}",
    "maximum": "at most {limit}",
    "minLength": "not empty",
    "maxLength": "at most {limit} characters",
    "minItems": "at least {limit} entry",
}
_LONGEST: Final = 60


def explained(document: Document, error: Any) -> Iterator[Finding]:
    """Yield the findings of one error of jsonschema-rs: several where it is about several keys."""
    path: Path = tuple(error.instance_path)
    kind: str = error.kind.name
    told: dict[str, Any] = error.kind.as_dict()
    value = _value(document.data, path)
    if kind == "additionalProperties":
        known = _known_keys(document, error)
        for key in told["unexpected"]:
            where = document.where(*path, key, key=True)
            yield _finding(where, f'the key "{key}" is not known here', _near(key, known))
    elif kind == "propertyNames":
        yield from _wrong_names(document, path, told["error"])
    elif kind == "required":
        place = document.where(*path)
        yield _finding(place, f'{_called(path)} lacks the key "{told["property"]}"', "add it")
    elif kind == "oneOf":
        options = [required for branch in told["context"] for required in _required(branch)]
        keys = options or _choice(error, document)
        yield _finding(document.where(*path), f"give exactly one of {', '.join(keys)}", "")
    else:
        # null and values of a wrong type break several keywords at once; one sentence is enough.
        if kind != "type" and _is_wrongly_typed(value, kind):
            return
        message, hint = _about_value(kind, told, value, path, error)
        yield _finding(document.where(*path), message, hint)


def _about_value(kind: str, told: dict[str, Any], value: Any, path: Path, error: Any) -> tuple[str, str]:
    """Return message and hint for a single value."""
    called = _called(path)
    if value is None:
        return f"{called} is empty", "give it a value, or leave the key out"
    if kind == "type":
        return _wrong_type(called, told["types"], value)
    if kind == "const":
        wanted = str(told["expected_value"])
        return f"{called} is {_shown(value)}, and has to be {_shown(wanted)}", _const_hint(wanted)
    if kind == "enum":
        options = [str(option) for option in told["options"]]
        near = _near(value, options)
        return f"{called} is {_shown(value)}, which is none of {', '.join(options)}", near
    if kind in {"pattern", "format"}:
        return _wrong_pattern(called, value, error)
    if kind in _LIMITS:
        limit = _LIMITS[kind].format(limit=told.get("limit", ""))
        many = limit.replace("entry", "entries") if told.get("limit") != 1 else limit
        return f"{called} has to be {many}" if kind[-1] == "m" else f"{called} has to have {many}", ""
    return f"{called} is not allowed: {error.message}", ""


def _wrong_type(called: str, types: Sequence[str], value: Any) -> tuple[str, str]:
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    message = f"{called} has to be {wanted}, and is {_sort(value)}"
    if "string" in types and isinstance(value, bool | int | float):
        return message, f'quote it: "{_plain(value)}"'
    if "array" in types and isinstance(value, str):
        return message, f"write it as a list: [{value}]"
    return message, ""


def _wrong_pattern(called: str, value: Any, error: Any) -> tuple[str, str]:
    name = _meant(error)
    if name == "slug":
        return f"{called} is {_shown(value)}, which is no name", _SLUG_HINT
    sentences = {
        "email": ("no e-mail address", "write it as name@domain, without quotes or a slash"),
        "domain": ("no domain", "write it as acme.example"),
        "day": ("no day", "write it as YYYY-MM-DD, such as 2027-12-31"),
        "api": ("no API name", "letters, digits and . _ ~ - stand in it"),
        "team": ("no team", "write it as PARTNER/TEAM"),
        "digest": ("no digest", "copy it from the plan: sha256: and 64 digits"),
        "env": ("no name of an environment variable", "letters, digits and _ stand in it"),
        "url": ("no address", "write it as https://HOST"),
    }
    what, hint = sentences[name]
    return f"{called} is {_shown(value)}, which is {what}", hint


_SLUG_HINT: Final = "names have lower-case letters, digits and hyphens, at most 63, and no hyphen at an end"


def _meant(error: Any) -> str:
    """Return what a pattern is for, which the pattern itself tells."""
    told = error.kind.as_dict()
    if "format" in told:
        return "day"
    pattern = str(told["pattern"])
    for start, name in _PATTERNS:
        if pattern.startswith(start):
            return "email" if name == "domain" and "@" in pattern.replace("\\x40", "") else name
    return "slug"


_PATTERNS: Final = (
    ("^[1-9][0-9]{3}-", "day"),
    ("^[A-Za-z0-9._~-]", "api"),
    ("^sha256:", "digest"),
    ("^[A-Za-z_]", "env"),
    ("^https?", "url"),
    ("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/", "team"),
    ("^[a-z0-9]", "slug"),
    ("^[^\\x00-\\x20", "email"),
    ("^[^\\x00-\\x2f", "domain"),
)


def _const_hint(wanted: str) -> str:
    return "or a list of people" if wanted == "delegated" else ""


def _wrong_names(document: Document, path: Path, error: Any) -> Iterator[Finding]:
    """Yield a finding at each key whose name is not allowed."""
    name = error.instance
    told = error.kind.as_dict()
    place = document.where(*path, name, key=True)
    if error.kind.name == "enum":
        options = [str(option) for option in told["options"]]
        yield _finding(place, f'the key "{name}" is not known here', _near(name, options))
    elif error.kind.name == "pattern":
        yield _finding(place, *_wrong_pattern("the key", name, error))
    else:
        yield _finding(place, f'the key "{name}" is not allowed', "")


def _required(branch: Sequence[Any]) -> list[str]:
    return [str(error.kind.as_dict()["property"]) for error in branch if error.kind.name == "required"]


def _choice(error: Any, document: Document) -> list[str]:
    """Return the keys of which one may stand, where all stand: those the schema requires in its branches."""
    schema = _schema_at(document, list(error.schema_path))
    return [str(key) for branch in schema or () for key in branch.get("required", ())]


def _schema_at(document: Document, path: Sequence[Any]) -> Any:

    here: Any = DOCUMENTS[document.kind].model_json_schema() if document.kind else {}
    for step in path:
        here = here[step]
    return here


def _known_keys(document: Document, error: Any) -> list[str]:
    """Return the keys that the schema knows where it found others."""
    here = _schema_at(document, list(error.schema_path)[:-1])
    return list(here.get("properties", ()))


def _value(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _is_wrongly_typed(value: Any, kind: str) -> bool:
    """Whether the type of this value is refused too, in a sentence of its own."""
    return kind in {"enum", "const"} and not isinstance(value, str) and value is not None and kind == "enum"


def _finding(place: Source, message: str, hint: str) -> Finding:
    return Finding.at(place, "schema", message, hint)


def _called(path: Path) -> str:
    """Return how people call the value at a path: `spec.teams[0].name`."""
    if not path:
        return "the document"
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _near(given: Any, known: Sequence[str]) -> str:
    """Return a question after the nearest name, or all of a few."""
    near = difflib.get_close_matches(str(given), known, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known: {', '.join(known)}" if known else ""


def _shown(value: Any) -> str:
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        return f'"{short}"'
    return _sort(value) if isinstance(value, dict | list) else _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sort(value: Any) -> str:
    """Return what sort of value it is."""
    if isinstance(value, bool):
        return f"the boolean {_plain(value)}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return {str: "text", list: "a list", dict: "a mapping"}.get(type(value), "empty")
