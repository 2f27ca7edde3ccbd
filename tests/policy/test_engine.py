import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.resource import Live
from reconciler.model.rule import CLASSES, Class
from reconciler.policy import RULES, RuleContext, judge
from tests.builders import catalog, configuration, document, group, partner, repository, team
from tests.policy.judging import TODAY, YESTERDAY

MANY = [f"a{number}@acme.example" for number in range(4)]


def judged(*documents: Document, **rules: str) -> list[Finding]:
    configured = configuration(rules={name.replace("_", "-"): value for name, value in rules.items()})
    return judge(RuleContext(repository(*documents, configured=configured), TODAY))


def crowded(until: str = "", rule: str = "admin-count") -> Document:
    exceptions = [{"rule": rule, "reason": "many shifts", "until": until}] if until else []
    return partner("acme", team("a", *MANY), metadata={"exceptions": exceptions})


def test_a_finding_says_rule_severity_place_message_hint_and_id() -> None:
    assert judged(crowded()) == [
        Finding(
            rule="admin-count",
            severity=Severity.WARNING,
            message='team "acme/a" has 4 admins, more than the recommended 3',
            hint="keep one or two",
            file="partners/acme.yaml",
            line=14,
            column=5,
            id="team/acme/a",
        )
    ]


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_the_configuration_decides_how_severe_a_rule_is(severity: str) -> None:
    assert [found.severity for found in judged(crowded(), admin_count=severity)] == [severity]


def test_a_rule_that_is_off_finds_nothing() -> None:
    assert judged(crowded(), admin_count="off") == []


@pytest.mark.parametrize("until", [TODAY, "2027-12-31"])
def test_an_exception_makes_information_of_a_finding_and_gives_its_reason(until: str) -> None:
    assert [
        (found.severity, found.message) for found in judged(crowded(until)) if found.rule == "admin-count"
    ] == [
        (
            Severity.INFO,
            f'team "acme/a" has 4 admins, more than the recommended 3 (exception until {until}: many shifts)',
        )
    ]


def test_an_exception_that_has_ended_is_an_error_and_excuses_nothing() -> None:
    assert [
        (found.severity, found.line, found.message, found.hint) for found in judged(crowded(YESTERDAY))
    ] == [
        (
            Severity.ERROR,
            8,
            f"the exception from admin-count ended on {YESTERDAY}",
            "renew it with a reason, or remove it",
        ),
        (
            Severity.WARNING,
            17,
            'team "acme/a" has 4 admins, more than the recommended 3',
            "keep one or two",
        ),
    ]


def test_an_exception_from_a_rule_that_is_off_cannot_end() -> None:
    assert judged(crowded(YESTERDAY), admin_count="off") == []


def test_an_exception_from_another_rule_excuses_nothing() -> None:
    assert [found.severity for found in judged(crowded("2027-12-31", rule="admin-domain"))] == [
        Severity.WARNING
    ]


@pytest.mark.parametrize("until", [YESTERDAY, "2027-12-31"])
def test_an_exception_does_nothing_for_a_rule_that_cannot_be_changed(until: str) -> None:
    exception = {"rule": "unknown-reference", "reason": "please", "until": until}
    acme = partner("acme", owner="nobody", metadata={"exceptions": [exception]})

    assert [(found.rule, found.severity) for found in judged(acme)] == [("unknown-reference", Severity.ERROR)]


def test_isolation_is_excused_in_the_access_group_alone() -> None:
    exception = {"exceptions": [{"rule": "internal-isolation", "reason": "agreed", "until": "2027-12-31"}]}
    known = catalog({"name": "rates", "owner": "payments"})

    def severities(inside: dict[str, Any], tracking: dict[str, Any]) -> list[Severity]:
        documents = (
            known,
            partner("x", team("a", access=["tracking"]), type="internal", owner="logistics", metadata=inside),
            group(apis=["rates"], offers=[{"partner": "x"}], metadata=tracking),
        )
        return [found.severity for found in judged(*documents) if found.rule == "internal-isolation"]

    assert (severities(exception, {}), severities({}, exception)) == ([Severity.ERROR], [Severity.INFO])


def test_rules_run_whose_inputs_are_there_and_once_that_could_not_run_before() -> None:
    acme = repository(
        crowded(), group(apis=["t"], offers=[{"type": "reseller"}], grants=[{"partner": "acme"}])
    )
    files = RuleContext(acme, TODAY)
    portal = RuleContext(acme, TODAY, live=Live("6f1c", {}, {}))

    assert {found.rule for found in judge(files)} == {"admin-count", "unused-offer"}
    assert {found.rule for found in judge(portal)} == {"admin-count", "unused-offer", "unknown-api"}
    assert {found.rule for found in judge(portal, since=files)} == {"unknown-api"}


def test_only_chosen_rules_run_and_only_their_exceptions_end() -> None:
    acme = repository(
        crowded(YESTERDAY), crowded(YESTERDAY, "no-admin"), group(offers=[{"type": "reseller"}])
    )
    files = RuleContext(acme, TODAY)

    assert [
        sorted({found.rule for found in judge(files, only=only)})
        for only in ({"admin-count"}, {"no-admin", "unused-offer"}, set[str]())
    ] == [["admin-count"], ["no-admin", "unused-offer"], []]


def test_findings_are_sorted_by_file() -> None:
    found = judged(partner("b", owner="x"), partner("a", owner="x"), crowded())

    assert found == in_order(found)
    assert [each.file for each in found] == ["partners/a.yaml", "partners/acme.yaml", "partners/b.yaml"]


def test_every_rule_that_can_be_configured_is_in_the_table() -> None:
    names = {rule.name for rule in RULES}

    assert {name for name, sort in CLASSES.items() if sort is Class.CONFIGURABLE} <= names <= CLASSES.keys()


def test_a_day_at_the_end_of_time_breaks_no_rule() -> None:
    offered = group(offers=[{"type": "reseller", "maxDays": 36500}])
    acme = partner("acme", access=[{"group": "tracking", "until": "9999-12-31"}])

    assert {found.rule for found in judge(RuleContext(repository(acme, offered), "9999-12-31"))} == {
        "ending-soon"
    }


KEYS = (
    *("name", "email", "group", "team", "partner", "developer", "owner", "access", "teams", "admins"),
    *("members", "apis", "offers", "grants", "blocked", "previously", "products", "until"),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="ascii", min_codepoint=32), max_size=5)
    | st.sampled_from(["acme", "a", "tracking"]),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(["Partner", "AccessGroup", "ApiProduct", "Catalog", "Odd"]), JSON, JSON)
def test_no_document_however_broken_stops_the_judgement(kind: str, metadata: object, spec: object) -> None:
    broken = document(json.dumps({"kind": kind, "metadata": metadata, "spec": spec}))

    assert isinstance(judge(RuleContext(repository(broken, partner("acme"), group()), TODAY)), list)
