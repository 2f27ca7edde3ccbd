"""Whether each value of a request can be what it is meant to be, in words for people who know no YAML."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, get_args

import msgspec

from reconciler.model.field_types import DAY, DOMAIN, EMAIL, SLUG, PartnerType
from reconciler.model.partner_request import Field, PartnerRequest, Problem
from reconciler.model.printable import printable, unseen

# What stands behind the name of a group that is taken up to be seen only.
ONLY_VIEW: Final = ":view"
# Whoever needs more writes the file by hand.
MOST_ENTRIES: Final = 100
_SHOWN: Final = 60


def problems(request: PartnerRequest, earliest: str, owners: Sequence[str] = ()) -> list[Problem]:
    """Return all that is wrong with a request, whatever else there is in the files but these owners.

    Its end may be the earliest day or later; where there is none, any day.
    """
    return [
        *_missing(request, owners),
        *_of_values(request),
        *_of_teams(request),
        *_of_end(request, earliest),
    ]


def problem(field: Field, value: str) -> Problem | None:
    """Return what is wrong with a value that was given, if anything is."""
    rule = _RULES[field]
    if hidden := sorted(unseen(value)):
        message = f"{_shown(value)} holds a character that nobody sees (U+{ord(hidden[0]):04X})"
        return Problem(field, message, "type it anew")
    if len(value) > rule.longest:
        return Problem(field, f"{_shown(value)} is too long", f"use at most {rule.longest} characters")
    if rule.fits(value):
        return None
    if field == "until" and re.fullmatch(DAY, value):
        return Problem(field, f"{_shown(value)}: there is no such date", "check month and day")
    better = _slug(value.removesuffix(ONLY_VIEW)) if rule.what == _SLUG.what else ""
    return Problem(field, f"{_shown(value)} is {rule.what}", f"{rule.hint}{f': {better}' if better else ''}")


def too_early(until: str, earliest: str) -> Problem | None:
    """Return what is wrong with a last day that is before the earliest one, if it is; any is after none."""
    if until >= earliest:
        return None
    return Problem("until", f"{_shown(until)} is in the past", "give today or a later day")


def _slug(text: str) -> str:
    """Return a text as a short name; nothing where none can be made of it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:63].strip("-")


class _Rule(msgspec.Struct, frozen=True):
    """How long a value may be, whether it can be what it should be, what it is not else, and what to do."""

    longest: int
    fits: Callable[[str], bool]
    what: str
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


_SLUG: Final = _Rule(63, _pattern(SLUG), "no short name", "use small letters, digits and hyphens")
_TEXT: Final = _Rule(200, bool, "empty", "")
_RULES: Final[dict[Field, _Rule]] = {
    "name": _SLUG,
    "type": _Rule(63, _is_type, "no type of partner", f"choose one of {', '.join(get_args(PartnerType))}"),
    "displayName": _TEXT,
    "owner": _SLUG,
    "domains": _Rule(
        253, _pattern(DOMAIN), "no e-mail domain", "write what stands behind the @: company.example"
    ),
    "agreement": _TEXT,
    "until": _Rule(10, _is_day, "not a date", "write it as YYYY-MM-DD, such as 2027-12-31"),
    "team": _SLUG,
    "admins": _Rule(254, _pattern(EMAIL), "no e-mail address", "write it as name@company.example"),
    "access": _Rule(68, lambda text: _SLUG.fits(text.removesuffix(ONLY_VIEW)), _SLUG.what, _SLUG.hint),
}

_REQUIRED: Final[dict[Field, str]] = {
    "displayName": "write the name as people know it",
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
            yield Problem(field, "this is missing", known)


def _of_values(request: PartnerRequest) -> Iterator[Problem]:
    for field, value in _values(request):
        wrong = problem(field, value) if value else None
        if wrong is not None:
            yield wrong


def _of_teams(request: PartnerRequest) -> Iterator[Problem]:
    for team in request.teams:
        if not team.name:
            yield Problem("team", "these admins have no team", "give their team a short name")
        elif not team.admins:
            yield Problem(
                "admins", f"nobody looks after team {_shown(team.name)}", "name at least one person"
            )
    counts: dict[Field, int] = {
        "domains": len(request.domains),
        "access": len(request.access),
        "team": len(request.teams),
        "admins": max((len(team.admins) for team in request.teams), default=0),
    }
    for field, count in counts.items():
        if count > MOST_ENTRIES:
            yield Problem(field, f"{count:,} are too many", f"give at most {MOST_ENTRIES}")


def _of_end(request: PartnerRequest, earliest: str) -> Iterator[Problem]:
    until = request.until
    if until and problem("until", until) is None and (wrong := too_early(until, earliest)):
        yield wrong


def _shown(value: str) -> str:
    short = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return f'"{printable(short)}"'
