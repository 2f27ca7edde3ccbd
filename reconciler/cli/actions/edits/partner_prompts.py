"""Questions about a new partner on a terminal: what its type needs, and again what was wrong."""

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
# In this order: the type decides what else is needed, and which groups are offered.
_QUESTIONS: Final[dict[Field, str]] = {
    "displayName": "Name of the partner",
    "name": "Short name, for the file",
    "type": "Type",
    "owner": "Responsible owner in our company",
    "domains": "E-mail domains of its people, separated by commas (Enter: none)",
    "agreement": "Reference of the contract",
    "until": "Last day of its access, as 2027-12-31",
    "access": "Access groups for all its teams, separated by commas (Enter: none)",
    "team": "Short name of its first team (Enter: none)",
    "admins": "Admins of team",
}
_KEYS: Final[dict[Field, str]] = {"displayName": "display_name"}
_OF_TEAMS: Final = frozenset[Field]({"team", "admins"})
_MAYBE: Final = frozenset[Field]({"domains", "access", "team"})


class Choices(msgspec.Struct, frozen=True):
    """The owners and access groups to choose from."""

    owners: tuple[str, ...]
    groups: tuple[AccessGroup, ...]


def completed(request: PartnerRequest, choices: Choices, wrong: Collection[Field] = ()) -> PartnerRequest:
    """Ask for the values that are missing, or wrong, and return the request with the answers.

    Optional values are asked for only if a required one is missing too. An interrupt prints the command line
    with the answers so far. Raises click.Abort, KeyboardInterrupt.
    """
    if not wrong and all(field in _MAYBE or not _is_missing(field, request, choices) for field in _QUESTIONS):
        return request
    try:
        for field in _QUESTIONS:
            if field in wrong if wrong else _is_missing(field, request, choices):
                request = _with_answer(field, request, choices)
                if field == "team":
                    request = _with_more_teams(request)
    except (click.Abort, KeyboardInterrupt):
        console.log_lines(f"\nSo far: {command_line(request)}")
        raise
    return request


def without(request: PartnerRequest, problems: Collection[Problem]) -> PartnerRequest:
    """Return the request without the values that have these problems."""
    empty = msgspec.structs.asdict(PartnerRequest())
    fields = {problem.field for problem in problems if problem.field}
    names = [_KEYS.get(field, field) for field in fields if field not in _OF_TEAMS]
    cleared = {name: empty[name] for name in names}
    # A problem without a team is about the admins of each.
    wrong = {problem.team for problem in problems if problem.field == "admins"}
    teams = tuple(
        TeamRequest("" if "team" in fields else team.name, () if wrong & {team.name, ""} else team.admins)
        for team in request.teams
    )
    return msgspec.structs.replace(request, **cleared, teams=teams)


def can_be_asked(problems: Collection[Problem], request: PartnerRequest, choices: Choices) -> bool:
    """Whether other answers can help: not for names of several teams, nor where it is about no answer."""
    fields = {problem.field for problem in problems}
    return (
        None not in fields
        and (len(request.teams) <= 1 or "team" not in fields)
        and (bool(choices.owners) or "owner" not in fields)
    )


def command_line(request: PartnerRequest) -> str:
    """Return the command line of a request."""
    values: list[tuple[Field, str]] = [
        ("type", request.type),
        ("displayName", request.display_name),
        ("owner", request.owner),
        *(("domains", domain) for domain in request.domains),
        ("agreement", request.agreement),
        ("until", request.until),
        *(("access", group) for group in request.access),
    ]
    for team in request.teams:
        values += [("team", team.name), *(("admins", admin) for admin in team.admins)]
    options = [part for field, value in values if value for part in (OPTIONS[field], value)]
    name = [request.name] if request.name else []
    return printable(shlex.join(["reconciler", "new", "partner", *name, *options]))


def _is_missing(field: Field, request: PartnerRequest, choices: Choices) -> bool:
    """Whether a field has no value, and a partner of this type should have one."""
    if field == "type":
        # Everything else depends on it, so an invalid one is asked for at once.
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


def _with_answer(field: Field, request: PartnerRequest, choices: Choices) -> PartnerRequest:
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


def _with_more_teams(request: PartnerRequest) -> PartnerRequest:
    """Ask for the admins of the first team, and for more teams, each with its admins, until there is none."""
    teams = [team if team.admins else _with_admins(team) for team in request.teams]
    while teams and (name := _one("team", (), "Short name of the next team (Enter: done)")):
        teams.append(_with_admins(TeamRequest(name)))
    return msgspec.structs.replace(request, teams=tuple(teams))


def _one(field: Field, known: Sequence[str], question: str = "") -> str:
    """Ask for one value, which must be one of the known ones if there are any."""

    def wrong(text: str) -> str:
        if known:
            return "" if text in known else f"choose one of {', '.join(known)}"
        return _wrong(field, text)

    text = question or _QUESTIONS[field]
    return answer(f"{text} [{', '.join(known)}]" if known else text, wrong, needed=field not in _MAYBE)


def _several(field: Field, question: str) -> tuple[str, ...]:
    """Ask for several values in one line."""

    def wrong(text: str) -> str:
        return next((problem for value in edit.several(text) if (problem := _wrong(field, value))), "")

    return edit.several(answer(question, wrong, needed=field not in _MAYBE))


def _with_admins(team: TeamRequest) -> TeamRequest:
    question = f'{_QUESTIONS["admins"]} "{printable(team.name)}", e-mail addresses separated by commas'
    return TeamRequest(team.name, _several("admins", question))


def _groups(offered: Sequence[str]) -> tuple[str, ...]:
    """Ask for access groups, if any are offered; the level of an offer need not be typed."""
    if not offered:
        return ()
    groups = {each.removesuffix(edit.ONLY_VIEW): each for each in offered} | {each: each for each in offered}

    def wrong(text: str) -> str:
        unknown = [each for each in edit.several(text) if each not in groups]
        return (
            f'"{printable(unknown[0])}" is not offered; choose among {", ".join(offered)}' if unknown else ""
        )

    text = answer(f"{_QUESTIONS['access']} [{', '.join(offered)}]", wrong, needed=False)
    return tuple(dict.fromkeys(groups[each] for each in edit.several(text)))


def _offered(request: PartnerRequest, groups: Sequence[AccessGroup]) -> tuple[str, ...]:
    """Return the groups that are offered to such a partner, with a mark on those for the level view."""
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
