"""Records are as strict as other parts of documents, although they are not marked as strict."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, Field, Strict, TypeAdapter, ValidationError

from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import Count, Many, Maybe, Text, fields_of, is_part, record
from reconciler.model.partner import Person


@record
class Marked:
    """A record with values that have to be marked as strict."""

    is_open: Annotated[bool, Strict()]
    first_name: Text = "Ana"
    number: Maybe[Annotated[int, Field(ge=0), Strict()]] = None


@record
class Unmarked:
    """A record with values that are not, of which a record may not have one."""

    is_open: bool
    first_name: Text
    number: Maybe[Count]
    numbers: Many[float]
    of_one: Literal["one", 1]
    by_name: dict[str, Person | bytes]
    anything: Any


def records(part: type[Any]) -> Iterator[type[Any]]:
    """Yield the records in a part, however deep."""
    if not issubclass(part, BaseModel):
        yield part
    for field in fields_of(part).values():
        for each in types_in(field.annotation):
            if is_part(each):
                yield from records(each)


def types_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for each in get_args(annotation):
        yield from types_in(each)


def lax(annotation: Any, marks: tuple[Any, ...] = ()) -> list[Any]:
    """Return the types in an annotation that accept more if they are not strict, and are not."""
    if annotation in {str, type(None), ...} or is_part(annotation) or Strict(strict=True) in marks:
        return []
    inside = get_args(annotation)
    match get_origin(annotation):
        case None:
            return [annotation]
        case origin if origin is Literal:
            return [each for each in inside if not isinstance(each, str)]
        case origin if origin is Annotated:
            return lax(inside[0], inside[1:])
        case _:
            return [found for each in inside for found in lax(each)]


def lax_fields(part: type[Any]) -> dict[str, list[Any]]:
    found = {key: lax(field.annotation, tuple(field.metadata)) for key, field in fields_of(part).items()}
    return {key: types for key, types in found.items() if types}


def test_no_field_of_a_record_accepts_more_than_in_a_strict_part() -> None:
    found = {each.__name__: lax_fields(each) for kind in DOCUMENTS for each in records(DOCUMENTS[kind])}

    assert found == {
        "FromSource": {},
        "GroupAccess": {},
        "LockedPerson": {},
        "Metadata": {},
        "PartnerSpec": {},
        "Person": {},
        "RuleException": {},
        "Team": {},
        "TeamPeople": {},
    }


def test_fields_that_would_accept_more_are_found() -> None:
    assert (lax_fields(Marked), lax_fields(Unmarked)) == (
        {},
        {
            "isOpen": [bool],
            "number": [int],
            "numbers": [float],
            "ofOne": [1],
            "byName": [bytes],
            "anything": [Any],
        },
    )


@pytest.mark.parametrize(
    "written",
    [
        {"isOpen": "yes"},
        {"isOpen": 1},
        {"isOpen": True, "number": "7"},
        {"isOpen": True, "number": True},
        {"isOpen": True, "number": None},
        {"isOpen": True, "firstName": 7},
        {"isOpen": True, "other": 7},
        {"is_open": True},
        {},
    ],
)
def test_a_record_refuses_what_a_strict_part_refuses(written: dict[str, Any]) -> None:
    marked = TypeAdapter(Marked)
    accepted = marked.validate_python({"isOpen": True, "number": 7})

    assert (accepted.is_open, accepted.first_name, accepted.number) == (True, "Ana", 7)
    with pytest.raises(ValidationError):
        marked.validate_python(written)


def test_a_record_has_slots_and_never_changes() -> None:
    ana = Person(email="ana@acme.example")

    assert (hasattr(ana, "__dict__"), len({ana, Person(email="ana@acme.example")})) == (False, 1)
    with pytest.raises(AttributeError, match="cannot assign to field 'email'"):
        ana.email = "bo@acme.example"  # type: ignore[misc]  # it is frozen
