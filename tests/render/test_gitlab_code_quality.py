"""Findings as GitLab's code quality report."""

import json
from typing import Any

import jsonschema_rs
from hypothesis import given

from reconciler.model.finding import Finding
from reconciler.render import gitlab_code_quality
from tests.render.forges import DENIED, EMPTY, FINDINGS, FOUND, UNPLACED, WRONG, commands, untimed

TEXT = {"type": "string", "minLength": 1}
# What GitLab documents; it reads no further than the first issue that it does not take.
REPORT = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "properties": {
                    "path": {**TEXT, "not": {"pattern": "^/"}},
                    "lines": {
                        "type": "object",
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                        "required": ["begin"],
                    },
                },
                "required": ["path", "lines"],
            },
        },
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
    },
}


def report(*found: Finding) -> Any:
    return json.loads(gitlab_code_quality.findings(found, "access/reconciler.yaml"))


def test_an_issue_has_message_and_location() -> None:
    (issue,) = report(WRONG)

    assert {**issue, "fingerprint": len(issue["fingerprint"])} == {
        "description": '"typ" is no key; is it "type"?',
        "check_name": "schema",
        "fingerprint": 64,
        "severity": "blocker",
        "location": {"path": "access/partners/acme.yaml", "lines": {"begin": 4}},
    }


def test_errors_of_files_block_and_denials_are_critical() -> None:
    assert [(issue["check_name"], issue["severity"]) for issue in report(*FOUND)] == [
        (WRONG.rule, "blocker"),
        (DENIED.rule, "critical"),
        (EMPTY.rule, "minor"),
        (UNPLACED.rule, "info"),
    ]


def test_findings_without_a_location_are_shown_at_the_configuration() -> None:
    assert report(UNPLACED)[0]["location"] == {"path": "access/reconciler.yaml", "lines": {"begin": 1}}


def test_without_findings_the_report_is_empty() -> None:
    assert gitlab_code_quality.findings((), "reconciler.yaml") == "[]\n"


@untimed
@given(FINDINGS)
def test_every_report_is_one_that_is_read_to_its_end(found: list[Finding]) -> None:
    made = report(*found)

    assert (len(made), jsonschema_rs.is_valid(REPORT, made)) == (len(found), True)


@untimed
@given(FINDINGS)
def test_a_runner_that_reads_it_in_a_log_obeys_nothing(found: list[Finding]) -> None:
    assert commands(gitlab_code_quality.findings(found, "reconciler.yaml")) == []
