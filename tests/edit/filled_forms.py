"""Issues as the forge makes them of the form in this repository: a heading a question, its answer below."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
FORM: Final = ROOT / ".github" / "ISSUE_TEMPLATE" / "new-partner.yml"
REMOVAL_FORM: Final = FORM.with_name("remove-person.yml")

ANSWERS: Final[dict[str, str | list[str]]] = {
    "display-name": "Northstar: Retail & Söhne",
    "name": "northstar",
    "type": "reseller",
    "owner": "partnerships",
    "domains": "northstar.example\nnorthstar-labs.example",
    "agreement": "MSA-2026-201",
    "until": "2028-12-31",
    "access": ["tracking", "shipping"],
    "team": "web",
    "admins": "alice.reed@northstar.example\nbob@northstar.example",
}
FILE: Final = """\
# yaml-language-server: $schema=../schemas/partner.schema.json
apiVersion: reconciler/v1
kind: Partner
metadata:
  name: northstar
spec:
  type: reseller
  displayName: "Northstar: Retail & Söhne"
  owner: partnerships
  domains: [northstar.example, northstar-labs.example]
  agreement: MSA-2026-201
  until: 2028-12-31
  access: [tracking, shipping]
  teams:
    - name: web
      admins: [alice.reed@northstar.example, bob@northstar.example]
"""


def questions(path: Path = FORM) -> list[dict[str, Any]]:
    """Return what a form asks, in its order."""
    form = yaml.safe_load(path.read_text("utf-8"))
    return [element for element in form["body"] if element["type"] != "markdown"]


def filled(answers: Mapping[str, str | Sequence[str]] = ANSWERS, /, **others: str | Sequence[str]) -> str:
    """Return the body of an issue in which the questions with these ids are answered."""
    given = {**answers, **{name.replace("_", "-"): answer for name, answer in others.items()}}
    return _body(FORM, given)


def filled_removal(**answers: str) -> str:
    """Return the body of an issue that asks to take people out."""
    return _body(REMOVAL_FORM, answers)


def _body(path: Path, given: Mapping[str, str | Sequence[str]]) -> str:
    return "\n\n".join(
        f"### {question['attributes']['label']}\n\n{_rendered(given.get(question['id'], ''))}"
        for question in questions(path)
    )


def _rendered(answer: str | Sequence[str]) -> str:
    text = answer if isinstance(answer, str) else ", ".join(answer)
    return text.strip() or "_No response_"
