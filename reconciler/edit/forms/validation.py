"""Validate the values of a request, with messages for people who do not know YAML."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, get_args

import msgspec

from reconciler.model.counting import counted
from reconciler.model.field_types import DAY, DOMAIN, EMAIL, LINE, SLUG, PartnerType
from reconciler.model.partner_request import Field, PartnerRequest, Problem
from reconciler.model.printable import printable, unseen

# The suffix of a group that is only to be viewed.
ONLY_VIEW: Final = ":view"
# Larger partners are written by hand.
MAX_ENTRIES: Final = 100
_MAX_SHOWN: Final = 60


def problems(request: PartnerRequest, earliest: str, owners: Sequence[str] = ()) -> list[Problem]:
    """Return all problems of a request that can be found without reading other files.

    Its last day must not be before `earliest`, unless that is empty. `owners` are the names to suggest.
    """
    return [
        *_missing(request, owners),
        *_of_values(request),
        *_of_teams(request),
        *_of_end(request, earliest),
    ]


def problem(field: Field, value: str) -> Problem | None:
    """Return the problem of a value, or None."""
    rule = _RULES[field]
    if hidden := sorted(unseen(value)):
        message = f"{_shown(value)} contains an invisible character (U+{ord(hidden[0]):04X})"
        return Problem(field, message, "type it again")
    if len(value) > rule.longest:
        return Problem(field, f"{_shown(value)} is too long", f"use at most {rule.longest} characters")
    if rule.fits(value):
        return None
    if field == "until" and re.fullmatch(DAY, value):
        return Problem(field, f"{_shown(value)} is not a valid date", "check month and day")
    if field == "access" and (wrong := _wrong_level(value)):
        return wrong
    better = _slug(value.removesuffix(ONLY_VIEW)) if rule.problem == _SLUG.problem else ""
    return Problem(field, f"{_shown(value)} {rule.problem}", f"{rule.hint}{f': {better}' if better else ''}")


def _wrong_level(value: str) -> Problem | None:
    """Return the problem of a group with another suffix than that of the level view, or None."""
    group, colon, level = value.partition(":")
    if not colon or not _SLUG.fits(group):
        return None
    hint = f"write {group} for the level consume, or {group}{ONLY_VIEW} for the level view"
    return Problem("access", f'{_shown(value)} has the unknown level "{printable(level)}"', hint)


def too_early(until: str, earliest: str) -> Problem | None:
    """Return a problem if the last day is before the earliest one, or None."""
    if until >= earliest:
        return None
    return Problem("until", f"{_shown(until)} is in the past", "use today or a later day")


def _slug(text: str) -> str:
    """Convert a text to a short name; the result is empty if that is not possible."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:63].strip("-")


class _Rule(msgspec.Struct, frozen=True):
    """The maximum length of a value, a check of its form, the problem if that fails, and a hint."""

    longest: int
    fits: Callable[[str], bool]
    problem: str
    hint: str


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(DAY, text) is not None


def _is_type(text: str) -> bool:
    return text in get_args(PartnerType)


_SLUG: Final = _Rule(
    63, _pattern(SLUG), "is not a valid short name", "use lower-case letters, digits and hyphens"
)
_TEXT: Final = _Rule(200, _pattern(LINE), "is not a line of text", "write one line with visible characters")
_RULES: Final[dict[Field, _Rule]] = {
    "name": _SLUG,
    "type": _Rule(63, _is_type, "is not a valid type", f"choose one of {', '.join(get_args(PartnerType))}"),
    "displayName": _TEXT,
    "owner": _SLUG,
    "domains": _Rule(
        253, _pattern(DOMAIN), "is not a valid e-mail domain", "use the part after the @: company.example"
    ),
    "agreement": _TEXT,
    "until": _Rule(10, _is_day, "is not a valid date", "use YYYY-MM-DD, for example 2027-12-31"),
    "team": _SLUG,
    "admins": _Rule(254, _pattern(EMAIL), "is not a valid e-mail address", "use name@company.example"),
    "access": _Rule(68, lambda text: _SLUG.fits(text.removesuffix(ONLY_VIEW)), _SLUG.problem, _SLUG.hint),
}

_REQUIRED: Final[dict[Field, str]] = {
    "displayName": "add the name of the partner",
    "name": _RULES["name"].hint,
    "type": _RULES["type"].hint,
    "owner": "choose one of the owners",
}


def _values(request: PartnerRequest) -> Iterator[tuple[Field, str]]:
    yield "displayName", request.display_name
    yield "name", request.name
    yield "type", request.type
    yield "owner", request.owner
    yield from (("domains", domain) for domain in request.domains)
    yield "agreement", request.agreement
    yield "until", request.until
    yield from (("access", group) for group in request.access)
    for team in request.teams:
        yield "team", team.name
        yield from (("admins", admin) for admin in team.admins)


def _missing(request: PartnerRequest, owners: Sequence[str]) -> Iterator[Problem]:
    given = dict(_values(request))
    for field, hint in _REQUIRED.items():
        if not given[field]:
            known = f"choose one of {', '.join(owners)}" if field == "owner" and owners else hint
            yield Problem(field, "a value is required", known)


def _of_values(request: PartnerRequest) -> Iterator[Problem]:
    for field, value in _values(request):
        wrong = problem(field, value) if value else None
        if wrong is not None:
            yield wrong


def _of_teams(request: PartnerRequest) -> Iterator[Problem]:
    for team in request.teams:
        if not team.name:
            yield Problem("team", "the admins have no team", "add a short name for their team")
        elif not team.admins:
            message = f"team {_shown(team.name)} has no admin"
            yield Problem("admins", message, "add at least one person", team.name)
    counts: dict[Field, int] = {
        "domains": len(request.domains),
        "access": len(request.access),
        "team": len(request.teams),
        "admins": max((len(team.admins) for team in request.teams), default=0),
    }
    for field, count in counts.items():
        if count > MAX_ENTRIES:
            yield Problem(
                field, f"{counted(count, 'entry', 'entries')} are too many", f"use at most {MAX_ENTRIES}"
            )


def _of_end(request: PartnerRequest, earliest: str) -> Iterator[Problem]:
    until = request.until
    if until and problem("until", until) is None and (wrong := too_early(until, earliest)):
        yield wrong


def _shown(value: str) -> str:
    short = value if len(value) <= _MAX_SHOWN else f"{value[:_MAX_SHOWN]}…"
    return f'"{printable(short)}"'
