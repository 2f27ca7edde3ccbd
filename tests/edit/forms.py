"""Issues as the forge makes them of the form in this repository: a heading a question, its answer below."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
FORM: Final = ROOT / ".github" / "ISSUE_TEMPLATE" / "new-partner.yml"

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
  displayName: 'Northstar: Retail & Söhne'
  owner: partnerships
  domains: [northstar.example, northstar-labs.example]
  agreement: MSA-2026-201
  until: 2028-12-31
  access: [tracking, shipping]
  teams:
    - name: web
      admins: [alice.reed@northstar.example, bob@northstar.example]
"""


def questions() -> list[dict[str, Any]]:
    """Return what the form asks, in its order."""
    form = yaml.safe_load(FORM.read_text("utf-8"))
    return [element for element in form["body"] if element["type"] != "markdown"]


def filled(answers: Mapping[str, str | Sequence[str]] = ANSWERS, /, **others: str | Sequence[str]) -> str:
    """Return the body of an issue in which the questions with these ids are answered."""
    given = {**answers, **{name.replace("_", "-"): answer for name, answer in others.items()}}
    return "\n\n".join(
        f"### {question['attributes']['label']}\n\n{_rendered(given.get(question['id'], ''))}"
        for question in questions()
    )


def _rendered(answer: str | Sequence[str]) -> str:
    text = answer if isinstance(answer, str) else ", ".join(answer)
    return text.strip() or "_No response_"
