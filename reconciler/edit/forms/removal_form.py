"""Parse an issue that asks to take people out."""

from typing import Final

import msgspec

from reconciler.edit.forms.issue_form import read_answers, several
from reconciler.edit.forms.validation import problem
from reconciler.model.partner_request import Field, Problem, RemovalRequest

# The headings of the form; a test compares them with .github/ISSUE_TEMPLATE/remove-person.yml.
REMOVAL_LABELS: Final[dict[Field, str]] = {"people": "E-mail addresses", "partner": "Partner"}


def read_removal_form(body: str) -> tuple[RemovalRequest, list[Problem]]:
    """Return what is valid of the request in the body of an issue, and the problems of its answers."""
    answers, problems = read_answers(body, REMOVAL_LABELS)
    wrong = {each.field for each in problems}
    people: list[str] = []
    for each in several(answers.get("people", "")):
        found = problem("admins", each)
        if found is None:
            people.append(each)
        else:
            problems.append(msgspec.structs.replace(found, field="people"))
    if not people and not problems:
        problems.append(Problem("people", "a value is required", "write at least one e-mail address"))
    partner = "" if "partner" in wrong else answers.get("partner", "")
    return RemovalRequest(people=tuple(people), partner=partner), problems
