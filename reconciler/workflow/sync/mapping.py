"""Map an account of a CRM to the values that a partner file is to have."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Final, TypeAlias, cast

import msgspec

from reconciler.edit import problem
from reconciler.errors import InputError
from reconciler.model.accounts import Account
from reconciler.model.crm_settings import PLACEHOLDER, Column, CrmSource, NewTeam
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.model.partner import FromSource
from reconciler.model.partner_request import Field, Problem
from reconciler.model.printable import printable

# A text, or the domains of a partner.
Value: TypeAlias = str | list[str]
STATUSES: Final = ("active", "suspended")
REQUIRED: Final = ("displayName", "type", "owner")
_DATE: Final = "%Y-%m-%d"
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://")
_AFTER_HOST: Final = re.compile(r"[/?#]")
_LONGEST_SHOWN: Final = 60


class MappedAccount(msgspec.Struct, frozen=True):
    """An account, its id, and the values of fields; `defaults` are only for new files.

    `empty` are the fields that have neither a value nor a default, and `problems` what is wrong with values.
    """

    account: Account
    id: str
    values: Mapping[str, Value]
    defaults: Mapping[str, Value]
    empty: tuple[str, ...]
    problems: tuple[Problem, ...]

    def new_value(self, key: str) -> Value:
        """Return the value of a field in a new file; empty if there is none."""
        return self.values.get(key) or self.defaults.get(key) or ""

    @property
    def domains(self) -> Sequence[str]:
        """The domains that the account has."""
        found = self.values.get("domains", [])
        return [found] if isinstance(found, str) else found


class AccountMapper:
    """Maps accounts by the settings of a source; `owners` are the owners in the configuration."""

    def __init__(self, source: CrmSource, owners: Collection[str]) -> None:
        self._source = source
        self._owners = owners
        self._fields = source.fields.mapped()

    def mapped(self, account: Account) -> MappedAccount:
        """Return the values of an account, and all problems of these."""
        values: dict[str, Value] = {}
        problems: list[Problem] = []
        empty: list[str] = []
        for key, column in self._fields.items():
            if column.column is None:
                continue
            text = account.values.get(column.column, "").strip()
            if not text:
                empty += [key] if column.default is None else []
                continue
            try:
                if value := self._value(key, column, text):
                    values[key] = value
            except InputError as error:
                message = f"{printable(column.column)}: {error.message}"
                problems.append(Problem(cast("Field", key), message, error.hint))
        defaults: dict[str, Value] = {
            key: [column.default] if key == "domains" else column.default
            for key, column in self._fields.items()
            if column.default is not None
        }
        return MappedAccount(account, self.id_of(account), values, defaults, tuple(empty), tuple(problems))

    def id_of(self, account: Account) -> str:
        """Return the id of an account."""
        return account.values.get(self._source.id, "").strip()

    def merged_into(self, account: Account) -> str:
        """Return the id of the account that one was merged into, or an empty text."""
        column = self._source.merged_into
        target = account.values.get(column, "").strip() if column else ""
        return "" if target == self.id_of(account) else target

    def counts(self, account: Account) -> bool:
        """Return whether an account has one of the values in each of the columns under `where`."""
        return all(
            account.values.get(column, "").strip() in allowed
            for column, allowed in self._source.where.items()
        )

    def differing(self, one: Account, other: Account) -> list[str]:
        """Return the used columns in which two accounts differ."""
        return [each for each in self._source.columns if one.values.get(each) != other.values.get(each)]

    def _value(self, key: str, column: Column, text: str) -> Value:
        """Return the value of a field for the text of its column. Raises InputError."""
        if key == "domains":
            parts = text.split(column.split) if column.split else [text]
            looked_up = [_looked_up(column, each.strip()) for each in parts if each.strip()]
            found = [domain(each) for each in looked_up if each]
            return list({canonical_domain(self.checked(key, each)): each for each in found}.values())
        value = _looked_up(column, text)
        if not value:
            return ""
        return self.checked(key, _day(value, column.date or _DATE) if key == "until" else value)

    def checked(self, key: str, value: str) -> str:
        """Return a value that a partner file can have. Raises InputError."""
        if key == "status" and value not in STATUSES:
            raise InputError(
                f"{_quoted(value)} is not a status that a CRM decides",
                "use a table of values with active and suspended",
            )
        wrong = None if key == "status" else problem(cast("Field", key), value)
        if wrong is not None:
            hint = "use a table of values" if key == "type" else wrong.hint
            raise InputError(wrong.message, hint)
        if key == "owner" and value not in self._owners:
            raise InputError(
                f"{_quoted(value)} is not an owner in the configuration", _near(value, self._owners)
            )
        return value


def domain(text: str) -> str:
    """Return the domain of a web address or an e-mail address, such as `acme.example`.

    A text that is none of these is returned as it is.
    """
    lower = text.lower()
    without = lower if _SCHEME.match(lower) is None else _SCHEME.sub("", lower, count=1)
    host = _AFTER_HOST.split(without, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    name = host.removeprefix("www.").removesuffix(".")
    return text if not name or name.replace(".", "").isdecimal() else name


class MissingColumnError(Exception):
    """A text has a placeholder whose column is empty: the name of the column."""


def filled(text: str, account: Account) -> str:
    """Return a text with the columns of an account in its placeholders. Raises MissingColumnError."""

    def value(found: re.Match[str]) -> str:
        cell = account.values.get(found[1], "").strip()
        if not cell:
            raise MissingColumnError(found[1])
        return cell

    return PLACEHOLDER.sub(value, text)


def team_admins(team: NewTeam, account: Account) -> tuple[list[str], list[Problem]]:
    """Return the admins of a new team that lists them, and what is wrong with their addresses."""
    people: dict[str, str] = {}
    problems: list[Problem] = []
    for text in () if isinstance(team.admins, FromSource) else team.admins:
        try:
            email = filled(text, account)
        except MissingColumnError:
            continue
        wrong = problem("admins", email)
        if wrong is not None:
            problems.append(wrong)
            continue
        try:
            people.setdefault(canonical_email(email), email)
        except InputError as error:
            problems.append(Problem("admins", error.message, error.hint))
    if not people and not problems and not isinstance(team.admins, FromSource):
        columns = ", ".join(name for text in team.texts() for name in PLACEHOLDER.findall(text))
        hint = f"fill in {printable(columns)}" if columns else "add admins to the team under new"
        problems.append(Problem("admins", f'team "{team.name}" has no admin', hint))
    return [*people.values()], problems


def _looked_up(column: Column, text: str) -> str:
    """Return what a text means by the table of values. Raises InputError."""
    if not column.values or text in column.values:
        return column.values.get(text, text)
    message = f"{_quoted(text)} is not in the table of values"
    raise InputError(message, _near(text, column.values))


def _day(text: str, form: str) -> str:
    """Return a day as YYYY-MM-DD. Raises InputError."""
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  the day as it is written
    except ValueError as error:
        message = f"{_quoted(text)} is not a date of the form {printable(form)}"
        raise InputError(message, "correct it, or set date to the form of the column") from error


def _near(text: str, known: Collection[str]) -> str:
    near = get_close_matches(text, known, n=1)
    return f'did you mean "{printable(near[0])}"?' if near else f"use {printable(', '.join(known))}"


def _quoted(text: str) -> str:
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f'"{printable(short)}"'
