"""A plan as scripts read it: every documented key, in a stable order."""

import json
from typing import Any

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.plan import Approval, Change, FieldChange, Plan, read_plan
from reconciler.render import json_format
from tests.render.plans import bare

ANA = "membership/acme/ops/ana@acme.example"
GAINED = AccessChange(
    "tracking-v2",
    "none",
    "consume",
    "acme/ops",
    ("ana@acme.example",),
    ("access-group/tracking",),
    "2027-12-31",
)
CHANGE = Change(
    id=ANA,
    kind="membership",
    action="create",
    after={"role": "admin"},
    fields=(FieldChange("role", None, "admin"),),
    needs=("team/acme/ops",),
    source=Source("partners/acme.yaml", 21, 16),
)
FULL = bare(
    changes=(CHANGE,),
    access=Impact(gained=(GAINED,)),
    approvals=(Approval("logistics", "gives access to tracking", (ANA,)),),
    findings=(Finding(rule="until-missing", severity=Severity.WARNING, message="it never ends"),),
)


def read(made: Plan) -> Any:
    return json.loads(json_format.plan(made))


def test_a_plan_has_its_documented_keys_in_order() -> None:
    assert list(read(FULL)) == [
        "format",
        "reconciler",
        "portal",
        "portalId",
        "scope",
        "created",
        "today",
        "source",
        "selection",
        "coverage",
        "complete",
        "summary",
        "changes",
        "access",
        "unlisted",
        "drift",
        "fileChanges",
        "risks",
        "approvals",
        "approvers",
        "approvalMode",
        "decisionDigest",
        "findings",
        "allowed",
        "externalNames",
        "digest",
        "checksum",
    ]


def test_a_plan_without_changes_has_them_too() -> None:
    empty = read(bare())

    assert (list(empty) == list(read(FULL)), empty["drift"], empty["access"], empty["source"]) == (
        True,
        {"changes": [], "access": {"gained": [], "lost": []}},
        {"gained": [], "lost": []},
        {"commit": "9f31c0e", "base": None, "digest": "sha256:00"},
    )


def test_a_change_has_dependencies_and_location() -> None:
    assert read(FULL)["changes"] == [
        {
            "id": ANA,
            "kind": "membership",
            "action": "create",
            "because": None,
            "renamedFrom": None,
            "before": None,
            "after": {"role": "admin"},
            "fields": [{"path": "role", "before": None, "after": "admin"}],
            "needs": ["team/acme/ops"],
            "precondition": "absent",
            "source": {"file": "partners/acme.yaml", "line": 21, "column": 16},
        }
    ]


def test_gains_have_old_and_new_levels() -> None:
    assert read(FULL)["access"]["gained"] == [
        {
            "api": "tracking-v2",
            "from": "none",
            "to": "consume",
            "team": "acme/ops",
            "people": ["ana@acme.example"],
            "via": ["access-group/tracking"],
            "until": "2027-12-31",
            "remainingUntil": None,
        }
    ]


def test_counts_approvals_and_findings_are_whole() -> None:
    whole = read(FULL)

    assert (list(whole["summary"]), whole["approvals"], whole["findings"]) == (
        [
            "create",
            "update",
            "delete",
            "adopt",
            "unchanged",
            "unmanaged",
            "drift",
            "peopleGaining",
            "peopleLosing",
        ],
        [{"owner": "logistics", "reason": "gives access to tracking", "ids": [ANA], "standingApprovals": []}],
        [
            {
                "rule": "until-missing",
                "severity": "warning",
                "message": "it never ends",
                "hint": "",
                "file": None,
                "line": None,
                "column": None,
                "id": None,
                "inBase": False,
            }
        ],
    )


def test_a_plan_that_was_written_and_read_is_written_alike() -> None:
    written = json_format.plan(FULL)

    assert (read_plan(written.encode()) == FULL, json_format.plan(read_plan(written.encode()))) == (
        True,
        written,
    )
