"""The fields of a form: what they show, what they post, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

import msgspec

from reconciler.portal_server.operations.problems import FieldError, ProblemError
from reconciler.portal_server.pages.forms import Form, PageError
from reconciler.portal_server.pages.visit import Visit

Control = Literal["line", "text", "email", "choice", "lines", "check", "day", "reference"]
_SEPARATOR: Final = re.compile(r"[\s,;]+")
_NO_SUCH_DAY: Final = "Enter a day as YYYY-MM-DD, such as 2027-12-31."


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field; `key` is that of the request's body, and `rule` what a valid value is.

    `options` of a choice are (value, label, explanation). A `reference` names an object of the kind `of`, a
    team of the partner `within` if it is given.
    `fixed` fields are asked for in new objects only.
    """

    key: str
    label: str
    control: Control = "line"
    hint: str | None = None
    rule: str = "Enter one line of at most 255 characters."
    required: bool = False
    options: Sequence[tuple[str, str, str]] = ()
    of: str = ""
    within: str = ""
    initial: str = ""
    fixed: bool = False
    autocomplete: str | None = None

    @property
    def is_set(self) -> bool:
        """Whether the value is a list of entries."""
        return self.control == "lines"


class Shown(msgspec.Struct, frozen=True):
    """A field with its value in a form; `choices` are the objects that a reference can name."""

    field: Field
    value: str
    choices: Sequence[tuple[str, str]] = ()


def entries(text: str) -> list[str]:
    """Return the entries of a list that is typed with commas, spaces or line breaks between them."""
    return [each for each in _SEPARATOR.split(text) if each]


def body_of(fields: Sequence[Field], form: Form) -> dict[str, Any]:
    """Return the body of a request from a form; a required field that is empty is left out."""
    body: dict[str, Any] = {}
    for field in fields:
        text = form.text(field.key)
        if field.control == "check":
            body[field.key] = text == "on"
        elif field.control == "lines":
            body[field.key] = entries(text)
        elif text:
            body[field.key] = text.replace("\r\n", "\n")
        elif not field.required:
            body[field.key] = None
    return body


def require_filled(fields: Sequence[Field], form: Form) -> None:
    """Reject with 422 required fields that the form has without a value, which would change nothing."""
    empty = [
        FieldError(f"/{field.key}", "is required")
        for field in fields
        if field.required and field.key in form and not form.text(field.key)
    ]
    if empty:
        raise ProblemError(422, "The request is not valid.", errors=empty)


def typed(field: Field, value: Any) -> str:
    """Return the text in a form for a value of an object."""
    if field.control == "check":
        return "on" if value else ""
    if field.control == "lines":
        return "\n".join(value)
    return "" if value is None else str(value)


def posted(field: Field, form: Form) -> str:
    """Return the text that a form has in a field."""
    return form.text(field.key).replace("\r\n", "\n")


def read(field: Field, text: str) -> str:
    """Return what a person reads for the text of a form."""
    if field.control == "check":
        return "yes" if text else "no"
    if field.control == "lines":
        return ", ".join(entries(text)) or "none"
    return next((label for value, label, _ in field.options if value == text), text) or "none"


def values(visit: Visit, fields: Sequence[Field], initial: Mapping[str, Any]) -> list[Shown]:
    """Return the fields with what was posted in a refused form, otherwise with the initial values."""
    shown = []
    for field in fields:
        text = (
            posted(field, visit.form) if visit.problem is not None else typed(field, initial.get(field.key))
        )
        shown.append(Shown(field, text, _choices(visit, field) if field.control == "reference" else ()))
    return shown


def errors(visit: Visit, fields: Sequence[Field], *, taken: str = "") -> list[PageError]:
    """Return the errors of a refused form in plain words; `taken` is the field that another object has."""
    problem = visit.problem
    if problem is None:
        return []
    if problem.status == HTTPStatus.CONFLICT and not problem.errors:
        return [PageError(taken, problem.detail)]
    if not problem.errors:
        return visit.errors()
    known = {field.key: field for field in fields}
    places = {key: place for place, key in enumerate(known)}
    found = []
    for error in problem.errors:
        key, _, rest = error.pointer.strip("/").partition("/")
        field = known.get(key)
        message = error.detail if field is None else _message(field, error, rest, visit.form)
        found.append(PageError(key if field else "", message))
    return sorted(dict.fromkeys(found), key=lambda each: places.get(each.field, -1))


_NOUNS: Final = {"api": "API", "product": "API product"}


def _message(field: Field, error: FieldError, rest: str, form: Form) -> str:
    if error.detail == "is required":
        verb = "Choose" if field.control in {"choice", "reference"} else "Enter"
        return f"{verb} the {field.label[0].lower()}{field.label[1:]}."
    if error.detail[:1].isupper() and error.detail.endswith("."):
        return error.detail
    if field.is_set:
        if rest.isdigit():
            return f"“{entries(form.text(field.key))[int(rest)]}” is not valid. {field.rule}"
        return f"The same entry is in the {field.label.lower()} twice."
    return _NO_SUCH_DAY if field.control == "day" else field.rule


def resolve(visit: Visit, fields: Sequence[Field], body: dict[str, Any]) -> dict[str, Any]:
    """Replace the names of references by ids. Reject with 422 those that do not exist."""
    wrong = []
    found = dict(body)
    for field in fields:
        text = body.get(field.key)
        if field.control != "reference" or text is None:
            continue
        objects = visit.perform("find-by-name", body={"kind": field.of, "reference": text})
        if objects:
            found[field.key] = objects[0].id
        else:
            noun = _NOUNS.get(field.of, field.of.replace("-", " "))
            wrong.append(
                FieldError(f"/{field.key}", f"No {noun} is called “{text}”. Choose one of the list.")
            )
    if wrong:
        raise ProblemError(422, "The request is not valid.", errors=wrong)
    return found


def _choices(visit: Visit, field: Field) -> list[tuple[str, str]]:
    found = visit.perform("list-choices", body={"kind": field.of, "partner": field.within})
    return [
        (each.reference, f"{each.partner} · {each.label}" if each.partner else each.label) for each in found
    ]
