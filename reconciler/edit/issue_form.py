"""An issue that a form made: headings with answers below; nothing is taken that the form does not ask."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.model.printable import printable

# What the form calls the fields; a test holds them against .github/ISSUE_TEMPLATE/new-partner.yml.
LABELS: Final[dict[Field, str]] = {
    "displayName": "Name of the partner",
    "name": "Short name",
    "type": "Type",
    "owner": "Who answers for it",
    "domains": "E-mail domains",
    "agreement": "Agreement",
    "until": "Last day",
    "access": "Access groups",
    "team": "Team",
    "admins": "Team admins",
}
LARGEST: Final = 70_000
_FIELDS: Final = {label: field for field, label in LABELS.items()}
_SEVERAL: Final = frozenset[Field]({"domains", "access", "admins"})
_HEADING: Final = re.compile(r"### ?(?P<label>.*)")
_SEPARATOR: Final = re.compile(r"[\s,;]+")
# What the forge writes where nothing was answered or chosen.
_NOTHING: Final = frozenset({"_No response_", "None"})
_AGAIN: Final = "fill in the form again, and change nothing but the answers"


def read_form(body: str) -> tuple[PartnerRequest, list[Problem]]:
    """Return what the body of an issue asks for, and what in it is no answer to the form."""
    if len(body) > LARGEST:
        return PartnerRequest(), [Problem(None, f"the text has more than {LARGEST:,} characters", _AGAIN)]
    problems: list[Problem] = []
    answers = _answers(body.replace("\r\n", "\n"), problems)
    for field, answer in answers.items():
        if field not in _SEVERAL and "\n" in answer:
            problems.append(Problem(field, "the answer has several lines", "write it in one line"))
    return _request(answers), problems


def _answers(body: str, problems: list[Problem]) -> dict[Field, str]:
    """Return the answer to each question; a heading that the form does not have is a problem."""
    answers: dict[Field, list[str]] = {}
    into: list[str] = []
    before = into
    for line in body.split("\n"):
        heading = _HEADING.fullmatch(line.strip())
        if heading is None:
            into.append(line)
            continue
        into = []
        field = _FIELDS.get(heading["label"].strip())
        if field is None:
            problems.append(Problem(None, f'the form has no heading "{_short(heading["label"])}"', _AGAIN))
        elif field in answers:
            problems.append(Problem(field, "this heading is there twice", _AGAIN))
        else:
            into = answers[field] = []
    if "".join(before).strip():
        problems.append(Problem(None, "there is text before the first heading of the form", _AGAIN))
    return {field: _answer(lines) for field, lines in answers.items()}


def _answer(lines: Iterable[str]) -> str:
    # Only blanks: what else Python would strip is for the check to find.
    answer = "\n".join(lines).strip(" \n")
    return "" if answer in _NOTHING else answer


def _request(answers: Mapping[Field, str]) -> PartnerRequest:
    team, admins = answers.get("team", ""), several(answers.get("admins", ""))
    return PartnerRequest(
        name=answers.get("name", ""),
        type=answers.get("type", ""),
        display_name=answers.get("displayName", ""),
        owner=answers.get("owner", ""),
        domains=several(answers.get("domains", "")),
        agreement=answers.get("agreement", ""),
        until=answers.get("until", ""),
        access=several(answers.get("access", "")),
        teams=(TeamRequest(team, admins),) if team or admins else (),
    )


def several(answer: str) -> tuple[str, ...]:
    """Return the entries of an answer, one a line or parted by commas, with or without bullets."""
    return tuple(entry for entry in _SEPARATOR.split(answer) if entry and entry not in {"-", "*"})


def _short(label: str) -> str:
    return printable(label.strip()[:60])
