"""What is asked about a new partner on a terminal: all that its type needs, and again what was wrong."""

import shlex
from collections.abc import Collection, Sequence
from typing import Final, get_args

import click
import msgspec

from reconciler import edit
from reconciler.cli import console
from reconciler.cli.prompts import answer
from reconciler.model.access_group import AccessGroup
from reconciler.model.field_types import PartnerType
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.model.printable import printable

OPTIONS: Final[dict[Field, str]] = {
    "name": "NAME",
    "type": "--type",
    "displayName": "--display-name",
    "owner": "--owner",
    "domains": "--domain",
    "agreement": "--agreement",
    "until": "--until",
    "access": "--access",
    "team": "--team",
    "admins": "--admin",
}
# In this order: the type decides what else is needed, and whose groups can be taken up.
_QUESTIONS: Final[dict[Field, str]] = {
    "displayName": "Name of the partner",
    "name": "Short name, for the file",
    "type": "Type",
    "owner": "Who answers for it inside",
    "domains": "E-mail domains of its people, parted by commas (Enter: none)",
    "agreement": "Reference of the contract",
    "until": "Last day of its access, as 2027-12-31",
    "access": "Access groups for all its teams, parted by commas (Enter: none)",
    "team": "Short name of its first team (Enter: none)",
    "admins": "Who looks after team",
}
_KEYS: Final[dict[Field, str]] = {"displayName": "display_name"}
_OF_TEAMS: Final = frozenset[Field]({"team", "admins"})
_MAYBE: Final = frozenset[Field]({"domains", "access", "team"})


class Choices(msgspec.Struct, frozen=True):
    """What the files offer to choose from."""

    owners: tuple[str, ...]
    groups: tuple[AccessGroup, ...]


def completed(request: PartnerRequest, choices: Choices, wrong: Collection[Field] = ()) -> PartnerRequest:
    """Return the request with all that its type needs, asked for where it is missing, or where it is wrong.

    What may be left out is asked for only beside what is needed: nobody who said all of that is asked.
    Whoever leaves a question is told the command line that holds the answers so far. Raises click.Abort,
    KeyboardInterrupt.
    """
    if not wrong and all(field in _MAYBE or not _is_missing(field, request, choices) for field in _QUESTIONS):
        return request
    try:
        for field in _QUESTIONS:
            if field in wrong if wrong else _is_missing(field, request, choices):
                request = _asked(field, request, choices)
    except (click.Abort, KeyboardInterrupt):
        console.say_lines(f"\nSo far: {command_line(request)}")
        raise
    return request


def without(request: PartnerRequest, fields: Collection[Field]) -> PartnerRequest:
    """Return the request without what was said of these fields."""
    empty = msgspec.structs.asdict(PartnerRequest())
    names = [_KEYS.get(field, field) for field in fields if field not in _OF_TEAMS]
    cleared = {name: empty[name] for name in names}
    teams = tuple(
        TeamRequest("" if "team" in fields else team.name, () if "admins" in fields else team.admins)
        for team in request.teams
    )
    return msgspec.structs.replace(request, **cleared, teams=teams)


def can_be_asked(problems: Collection[Problem], request: PartnerRequest, choices: Choices) -> bool:
    """Whether other answers can help: not where it is of several teams, or not about an answer at all."""
    fields = {problem.field for problem in problems}
    return (
        None not in fields
        and (len(request.teams) <= 1 or not _OF_TEAMS & fields)
        and (bool(choices.owners) or "owner" not in fields)
    )


def command_line(request: PartnerRequest) -> str:
    """Return the command that asks for the same."""
    said: list[tuple[Field, str]] = [
        ("type", request.type),
        ("displayName", request.display_name),
        ("owner", request.owner),
        *(("domains", domain) for domain in request.domains),
        ("agreement", request.agreement),
        ("until", request.until),
        *(("access", group) for group in request.access),
    ]
    for team in request.teams:
        said += [("team", team.name), *(("admins", admin) for admin in team.admins)]
    options = [part for field, value in said if value for part in (OPTIONS[field], value)]
    name = [request.name] if request.name else []
    return printable(shlex.join(["reconciler", "new", "partner", *name, *options]))


def _is_missing(field: Field, request: PartnerRequest, choices: Choices) -> bool:
    """Whether a field was not told, and is worth asking for of a partner of this type."""
    if field == "type":
        # All else depends on it, so one that is none is asked for at once.
        return request.type not in get_args(PartnerType)
    if field == "team":
        return not all(team.name for team in request.teams) or not request.teams
    if field == "admins":
        return not all(team.admins for team in request.teams)
    is_needed = {
        "agreement": request.type != "internal",
        "until": request.type == "contractor",
        "access": bool(_offered(request, choices.groups)),
    }
    return is_needed.get(field, True) and not msgspec.structs.asdict(request)[_KEYS.get(field, field)]


def _asked(field: Field, request: PartnerRequest, choices: Choices) -> PartnerRequest:
    """Return the request with an answer about one field."""
    if field == "admins":
        teams = [team if team.admins else _with_admins(team) for team in request.teams]
        return msgspec.structs.replace(request, teams=tuple(teams))
    if field == "access":
        return msgspec.structs.replace(request, access=_groups(_offered(request, choices.groups)))
    if field == "domains":
        return msgspec.structs.replace(request, domains=_several(field, _QUESTIONS[field]))
    known = {"type": get_args(PartnerType), "owner": choices.owners}.get(field, ())
    text = _one(field, known)
    if field == "team":
        admins = next((team.admins for team in request.teams if not team.name), ())
        named = tuple(team for team in request.teams if team.name)
        return msgspec.structs.replace(request, teams=(*named, TeamRequest(text, admins)) if text else named)
    return msgspec.structs.replace(request, **{_KEYS.get(field, field): text})


def _one(field: Field, known: Sequence[str]) -> str:
    """Ask for one value, which may be one of those that are known, where any are."""

    def wrong(text: str) -> str:
        if known:
            return "" if text in known else f"choose one of {', '.join(known)}"
        return _wrong(field, text)

    question = f"{_QUESTIONS[field]} [{', '.join(known)}]" if known else _QUESTIONS[field]
    return answer(question, wrong, needed=field not in _MAYBE)


def _several(field: Field, question: str) -> tuple[str, ...]:
    """Ask for values, all in one line."""

    def wrong(text: str) -> str:
        return next((said for value in edit.several(text) if (said := _wrong(field, value))), "")

    return edit.several(answer(question, wrong, needed=field not in _MAYBE))


def _with_admins(team: TeamRequest) -> TeamRequest:
    question = f'{_QUESTIONS["admins"]} "{printable(team.name)}", e-mail addresses parted by commas'
    return TeamRequest(team.name, _several("admins", question))


def _groups(offered: Sequence[str]) -> tuple[str, ...]:
    """Ask for access groups, where any are offered; the level of an offer need not be typed."""
    if not offered:
        return ()
    meant = {each.removesuffix(edit.ONLY_VIEW): each for each in offered} | {each: each for each in offered}

    def wrong(text: str) -> str:
        strange = [each for each in edit.several(text) if each not in meant]
        return (
            f'"{printable(strange[0])}" is not offered; choose among {", ".join(offered)}' if strange else ""
        )

    text = answer(f"{_QUESTIONS['access']} [{', '.join(offered)}]", wrong, needed=False)
    return tuple(dict.fromkeys(meant[each] for each in edit.several(text)))


def _offered(request: PartnerRequest, groups: Sequence[AccessGroup]) -> tuple[str, ...]:
    """Return the groups that such a partner can take up, those marked that it may only view."""
    found = []
    for group in groups:
        levels = {
            offer.level
            for offer in group.spec.offers
            if request.type == offer.type or request.name == offer.partner
        }
        if levels:
            found.append(f"{group.metadata.name}{'' if 'consume' in levels else edit.ONLY_VIEW}")
    return tuple(sorted(found))


def _wrong(field: Field, text: str) -> str:
    problem = edit.problem(field, text)
    return f"{problem.message}; {problem.hint}" if problem else ""
