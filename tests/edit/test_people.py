"""Take people out of a document, and block them, with comments and style kept."""

from collections.abc import Sequence

import pytest

from reconciler.edit import Operation, blocked, changed, patched, people_in, without_people
from reconciler.load.outline import spans
from tests.builders import document

PARTNER = """\
apiVersion: reconciler/v1
kind: Partner
metadata:
  name: acme
  exceptions: [{rule: admin-count, reason: shifts, until: 2027-06-30}]  # asked by Bo
spec:
  type: reseller
  displayName: Acme
  owner: partnerships
  access: [tracking]
  teams:
    - name: ops
      admins: [ana@acme.example, {email: BO@Acme.example, until: 2027-12-31}]  # on call
    - name: finance
      admins:
        # since 2024
        - bo@acme.example
      members:
        - cy@acme.example
        - bo@ACME.example   # the deputy
        - dan@acme.example
"""
GROUP = """\
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: pilot}
spec:
  displayName: Pilot
  owner: logistics
  grants:
    - {team: acme/ops}
    - {developer: Bo@acme.example, level: view}
    - {partner: bolt}
"""
BO = "bo@acme.example"


def edited(text: str, operations: Sequence[Operation]) -> str:
    """Return the text after operations, each of which is checked against the values."""
    data = document(text).data
    for operation in operations:
        text = patched(text, spans(text)[0][0], data, operation)
        data = changed(data, operation)
        assert document(text).data == data
    return text


def test_a_person_is_taken_out_of_every_list_in_any_spelling_and_nothing_else_changes() -> None:
    data = document(PARTNER).data

    assert edited(PARTNER, without_people(data, {BO})) == PARTNER.replace(
        ", {email: BO@Acme.example, until: 2027-12-31}", ""
    ).replace("        - bo@ACME.example   # the deputy\n", "").replace(
        "      admins:\n        # since 2024\n        - bo@acme.example\n",
        "      admins: []\n        # since 2024\n",
    )
    assert people_in(data) == {"ana@acme.example", BO, "cy@acme.example", "dan@acme.example"}


def test_several_people_leave_a_list_at_once() -> None:
    people = {BO, "cy@acme.example", "dan@acme.example"}
    text = edited(PARTNER, without_people(document(PARTNER).data, people))

    assert document(text).data["spec"]["teams"][1] == {"name": "finance", "admins": [], "members": []}


def test_a_grant_to_a_person_goes_and_grants_to_others_stay() -> None:
    line = "    - {developer: Bo@acme.example, level: view}\n"

    assert edited(GROUP, without_people(document(GROUP).data, {BO})) == GROUP.replace(line, "")


def test_grants_go_with_the_last_one() -> None:
    only = GROUP.replace("    - {team: acme/ops}\n", "").replace("    - {partner: bolt}\n", "")

    assert edited(only, without_people(document(only).data, {BO})) == only.partition("  grants:")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  access: [tracking]\n", "  blocked:\n    - bo@acme.example\n  access: [tracking]\n"),
        ("  blocked: []\n", "  blocked: [bo@acme.example]\n"),
        ("  blocked: [eve@acme.example]\n", "  blocked: [eve@acme.example, bo@acme.example]\n"),
        (
            "  blocked:\n    - eve@acme.example # 2025\n",
            "  blocked:\n    - eve@acme.example # 2025\n    - bo@acme.example\n",
        ),
        ("  blocked: [BO@acme.example]\n", "  blocked: [BO@acme.example]\n"),
    ],
)
def test_people_are_blocked_once_in_any_spelling(before: str, after: str) -> None:
    text = PARTNER.replace("  access: [tracking]\n", before)

    assert edited(text, blocked(document(text).data, {BO})) == text.replace(before, after)
