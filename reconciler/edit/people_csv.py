"""Read people from a CSV file, as directories and spreadsheets export it; all wrong rows are reported."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from reconciler.edit.forms.validation import problem
from reconciler.model.csv_rows import BrokenCsvError, csv_rows
from reconciler.model.identity import canonical_email
from reconciler.model.partner_request import Problem
from reconciler.model.printable import printable

_COLUMNS: Final = {
    "email": "email",
    "emailaddress": "email",
    "mail": "email",
    "mailaddress": "email",
    "until": "until",
    "role": "role",
}
_ROLES: Final = ("admin", "member")
_SEPARATORS: Final = (",", ";", "\t")


class ListedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person to add or remove, and where they are listed; empty fields are not given."""

    email: str
    until: str = ""
    role: str = ""
    place: str = ""


class People(msgspec.Struct, frozen=True):
    """The people in a file, once each, what is wrong with it, the columns not used, and repeated rows."""

    people: tuple[ListedPerson, ...] = ()
    problems: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    repeated: int = 0


def read_people(name: str, text: str) -> People:
    """Return the people in a CSV file: columns `email`, `until` and `role`, by the names in the first row.

    Columns are separated by commas, semicolons or tabs.
    """
    text = text.removeprefix("\ufeff")
    separator = max(_SEPARATORS, key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    try:
        rows = list(csv_rows(text, separator))
    except BrokenCsvError as error:
        return People(problems=(f"{name}:{error}",))
    header = rows[0][1] if rows else []
    columns = [_COLUMNS.get(re.sub(r"[\s_-]", "", each.lower()), "") for each in header]
    for column in ("email", "until", "role"):
        if columns.count(column) > 1:
            return People(problems=(f'{name}:1: there are several columns "{column}"; keep one of them',))
    if "email" not in columns:
        known = ", ".join(f'"{printable(each)}"' for each in header if each)
        problem = f'{name}:1: there is no column "email"; rename the one that has the addresses: {known}'
        return People(problems=(problem if columns else f"{name}:1: the file is empty",))
    ignored = tuple(each for each, column in zip(header, columns, strict=True) if each and not column)
    return _checked(name, rows[1:], columns, ignored)


def _checked(
    name: str, rows: Sequence[tuple[int, list[str]]], columns: Sequence[str], ignored: tuple[str, ...]
) -> People:
    people: dict[str, ListedPerson] = {}
    problems: list[str] = []
    repeated = 0
    for line, cells in rows:
        values = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        person = ListedPerson(
            email=values.get("email", ""),
            until=values.get("until", ""),
            role=values.get("role", "").lower(),
            place=f"{name}:{line}",
        )
        wrong = list(_problems(person, has_too_many=any(cells[len(columns) :])))
        problems += [f"{person.place}: {each.message}; {each.hint}" for each in wrong]
        if wrong:
            continue
        first = people.setdefault(canonical_email(person.email), person)
        repeated += first is not person
        if (first.until, first.role) != (person.until, person.role):
            problems.append(
                f"{person.place}: {person.email} differs from {first.place}; keep one of the rows"
            )
    return People(tuple(people.values()), tuple(problems), ignored, repeated)


def _problems(person: ListedPerson, *, has_too_many: bool) -> Iterator[Problem]:
    if has_too_many:
        yield Problem(None, "the row has more cells than the first row", "put quotes around text with commas")
    if not person.email:
        yield Problem("admins", "the e-mail address is missing", "fill it in, or remove the row")
    elif (wrong := problem("admins", person.email)) is not None:
        yield wrong
    if person.until and (wrong := problem("until", person.until)) is not None:
        yield wrong
    if person.role and person.role not in _ROLES:
        yield Problem(None, f'"{printable(person.role)}" is not a role', f"use {' or '.join(_ROLES)}")
