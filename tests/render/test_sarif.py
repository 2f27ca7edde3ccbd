"""Findings as SARIF: it fits the standard's schema, and what GitHub takes of it."""

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given

from reconciler import __version__
from reconciler.model.finding import Finding, Severity
from reconciler.render import sarif
from tests.render.forges import DENIED, EMPTY, FINDINGS, FOUND, UNPLACED, WRONG, commands, untimed

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text("utf-8"))
# Its pattern of languages is no regular expression; we write none.
for part in ("run", "toolComponent"):
    SCHEMA["definitions"][part]["properties"]["language"].pop("pattern")
VALIDATOR = jsonschema_rs.Draft7Validator(SCHEMA, validate_formats=True)
RULES = {"schema": "A document fits {its} schema. More\nof it.\n\nAnd more.", "yaml": "A file is YAML."}
LINK = re.compile(r"(?<!\\)\]\(")


def log(*found: Finding, configuration: str = "access/reconciler.yaml", documents: str = "") -> Any:
    return json.loads(
        sarif.findings(found, configuration, about="plan/local", rules=RULES, documents=documents)
    )


def run(*found: Finding, configuration: str = "access/reconciler.yaml", documents: str = "") -> Any:
    (only,) = log(*found, configuration=configuration, documents=documents)["runs"]
    return only


def problems(written: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(written)]


def test_a_result_has_message_location_and_rule() -> None:
    (result,) = run(WRONG)["results"]
    prints = result.pop("partialFingerprints")

    assert (list(prints), len(prints["reconciler/v1"])) == (["reconciler/v1"], 64)
    assert result == {
        "ruleId": "schema",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": '"typ" is no key\nis it "type"?'},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "access/partners/acme.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4, "startColumn": 7},
                }
            }
        ],
    }


def test_a_run_names_the_tool_the_analysis_and_how_it_counts_columns() -> None:
    made = run(configuration="reconciler.yaml")

    assert (made["tool"]["driver"]["name"], made["tool"]["driver"]["version"]) == ("reconciler", __version__)
    assert (made["automationDetails"], made["columnKind"], made["results"]) == (
        {"id": "reconciler/plan/local/"},
        "unicodeCodePoints",
        [],
    )


def test_analyses_of_two_configurations_are_separate() -> None:
    assert [run(configuration=f"{each}/reconciler.yaml")["automationDetails"]["id"] for each in "ab"] == [
        "reconciler/a/plan/local/",
        "reconciler/b/plan/local/",
    ]


def test_a_rule_brings_its_documentation() -> None:
    prose = "A document fits {{its}} schema. More of it.\n\nAnd more."

    assert run()["tool"]["driver"]["rules"][0] == {
        "id": "schema",
        "shortDescription": {"text": "A document fits {{its}} schema."},
        "fullDescription": {"text": prose},
        "help": {"text": prose, "markdown": prose},
        "defaultConfiguration": {"level": "error"},
    }


def test_a_rule_leads_to_its_page_where_the_documents_are_on_the_web() -> None:
    driver = run(documents="https://docs.example/reconciler")["tool"]["driver"]

    assert (driver["informationUri"], driver["rules"][0]["helpUri"]) == (
        "https://docs.example/reconciler",
        "https://docs.example/reconciler/rules.md#schema",
    )


def test_a_rule_of_a_later_version_is_named() -> None:
    made = run(msgspec.structs.replace(WRONG, rule="later"), documents="https://docs.example")

    assert (made["results"][0]["ruleId"], made["results"][0]["ruleIndex"]) == ("later", 2)
    assert made["tool"]["driver"]["rules"][2]["shortDescription"] == {
        "text": "A rule of another version of Reconciler."
    }


def test_errors_are_first_and_findings_without_location_are_at_the_configuration() -> None:
    results = run(*FOUND)["results"]

    assert [(each["level"], each["ruleId"]) for each in results] == [
        ("error", WRONG.rule),
        ("error", DENIED.rule),
        ("warning", EMPTY.rule),
        ("note", UNPLACED.rule),
    ]
    assert results[3]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "access/reconciler.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }


def test_the_object_is_a_logical_location() -> None:
    assert run(DENIED)["results"][0]["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "partner/acme"}
    ]


def test_names_of_files_are_written_as_addresses() -> None:
    made = run(msgspec.structs.replace(WRONG, file="partners/ä b#1.yaml"))

    place = made["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "access/partners/%C3%A4%20b%231.yaml"


def test_messages_hold_no_links_and_no_placeholders() -> None:
    made = run(
        msgspec.structs.replace(WRONG, message="see [this\\](https://x.example)", hint="- {partner: acme}")
    )

    assert made["results"][0]["message"]["text"] == (
        "see \\[this\\\\\\](https://x.example)\n- {{partner: acme}}"
    )


def test_a_long_message_is_cut() -> None:
    text = run(msgspec.structs.replace(WRONG, message="a" * 2_000))["results"][0]["message"]["text"]

    assert (len(text), text[-3:]) == (1_000, "a …")


def test_the_least_severe_results_above_the_limit_are_omitted_with_a_note() -> None:
    whole, cut = run(*(UNPLACED,) * 5_000), run(*(UNPLACED,) * 5_001, WRONG)

    assert ("invocations" in whole, len(whole["results"])) == (False, 5_000)
    assert (len(cut["results"]), cut["results"][0]["ruleId"]) == (5_000, "schema")
    assert cut["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {
                    "level": "warning",
                    "message": {"text": "2 of 5,002 findings were omitted, starting with the least severe."},
                }
            ],
        }
    ]


@pytest.mark.no_cover  # it runs the same lines again and again
def test_a_full_log_of_long_messages_is_one_that_github_takes() -> None:
    letters = random.Random(0)  # noqa: S311  nothing secret
    found = [
        msgspec.structs.replace(
            WRONG,
            message="".join(letters.choices("abcdefghijklmnop{}", k=2_000)),
            id=f"membership/acme/ops/{number}",
        )
        for number in range(6_000)
    ]
    written = sarif.findings(found, "reconciler.yaml", about="validate", rules=RULES)

    assert len(gzip.compress(written.encode(), 1)) < 10_000_000


def test_a_log_of_every_kind_of_finding_fits_the_schema() -> None:
    assert problems(log(*FOUND, documents="https://docs.example")) == []


def test_the_schema_refuses_what_is_no_sarif() -> None:
    written = log(WRONG)
    written["runs"][0]["results"][0]["level"] = "critical"
    written["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b"

    assert len(problems(written)) == 2


@untimed
@given(FINDINGS)
def test_every_log_fits_the_schema_and_links_to_nothing(found: list[Finding]) -> None:
    written = log(*found)
    texts = [each["message"]["text"] for each in written["runs"][0]["results"]]

    assert (problems(written), [text for text in texts if LINK.search(unescaped(text))]) == ([], [])
    assert all(texts)


def unescaped(text: str) -> str:
    """The text without what is written for a literal backslash."""
    return text.replace("\\\\", "")


@untimed
@given(FINDINGS)
def test_every_brace_is_a_literal_one(found: list[Finding]) -> None:
    texts = [each["message"]["text"] for each in run(*found)["results"]]

    assert [text for text in texts if set("{}") & set(text.replace("{{", "").replace("}}", ""))] == []


def test_results_have_the_configured_severities() -> None:
    made = run(msgspec.structs.replace(WRONG, severity=Severity.WARNING))

    assert (made["results"][0]["level"], made["tool"]["driver"]["rules"][0]["defaultConfiguration"]) == (
        "warning",
        {"level": "error"},
    )


@untimed
@given(FINDINGS)
def test_a_runner_that_reads_it_in_a_log_obeys_nothing(found: list[Finding]) -> None:
    assert commands(sarif.findings(found, "reconciler.yaml", about="validate", rules=RULES)) == []
