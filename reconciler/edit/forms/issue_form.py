"""Parse an issue that a form created: headings with answers; anything else is reported as a problem."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest
from reconciler.model.printable import printable

# The headings of the form; a test compares them with .github/ISSUE_TEMPLATE/new-partner.yml.
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
MAX_LENGTH: Final = 70_000
_LIST_FIELDS: Final = frozenset[Field]({"domains", "access", "admins", "people"})
_HEADING: Final = re.compile(r"### ?(?P<label>.*)")
_SEPARATOR: Final = re.compile(r"[\s,;]+")
# The forge writes these for empty answers.
_NOTHING: Final = frozenset({"_No response_", "None"})
_AGAIN: Final = "fill in the form again, and change only the answers"


def read_form(body: str) -> tuple[PartnerRequest, list[Problem]]:
    """Return the request in the body of an issue, and the problems of its form."""
    answers, problems = read_answers(body, LABELS)
    return _request(answers), problems


def read_answers(body: str, labels: Mapping[Field, str]) -> tuple[dict[Field, str], list[Problem]]:
    """Return the answers to the questions with these labels, and the problems of the form."""
    if len(body) > MAX_LENGTH:
        return {}, [Problem(None, f"the text has more than {MAX_LENGTH:,} characters", _AGAIN)]
    problems: list[Problem] = []
    fields = {label: field for field, label in labels.items()}
    answers = _answers(body.replace("\r\n", "\n"), fields, problems)
    for field, answer in answers.items():
        if field not in _LIST_FIELDS and "\n" in answer:
            problems.append(Problem(field, "the answer has several lines", "write it on one line"))
    return answers, problems


def _answers(body: str, fields: Mapping[str, Field], problems: list[Problem]) -> dict[Field, str]:
    """Return the answer for each field; an unknown heading is a problem."""
    answers: dict[Field, list[str]] = {}
    into: list[str] = []
    before = into
    for line in body.split("\n"):
        heading = _HEADING.fullmatch(line.strip())
        if heading is None:
            into.append(line)
            continue
        into = []
        field = fields.get(heading["label"].strip())
        if field is None:
            problems.append(Problem(None, f'the form has no heading "{_short(heading["label"])}"', _AGAIN))
        elif field in answers:
            problems.append(Problem(field, "this heading appears twice", _AGAIN))
        else:
            into = answers[field] = []
    if "".join(before).strip():
        problems.append(Problem(None, "there is text before the first heading of the form", _AGAIN))
    return {field: _answer(lines) for field, lines in answers.items()}


def _answer(lines: Iterable[str]) -> str:
    # Strip only blanks; validation reports other whitespace.
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
    """Return the entries of an answer, separated by lines or commas, with or without bullets."""
    return tuple(entry for entry in _SEPARATOR.split(answer) if entry and entry not in {"-", "*"})


def _short(label: str) -> str:
    return printable(label.strip()[:60])
