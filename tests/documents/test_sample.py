"""The sample shows what there is to show, and stays right as time goes by."""

from collections import Counter
from pathlib import Path

import pytest

from reconciler.model.document import AccessGroup, Partner
from reconciler.model.finding import Severity
from reconciler.workflow.validate import check

ROOT = Path(__file__).parents[2]


def partners() -> list[Partner]:
    repository = check(ROOT / "reconciler.yaml", "2026-11-24").repository
    assert repository is not None
    return [document.body for document in repository.documents if isinstance(document.body, Partner)]


def groups() -> list[AccessGroup]:
    repository = check(ROOT / "reconciler.yaml", "2026-11-24").repository
    assert repository is not None
    return [document.body for document in repository.documents if isinstance(document.body, AccessGroup)]


def test_on_its_first_day_the_sample_has_nothing_to_warn_of() -> None:
    findings = check(ROOT / "reconciler.yaml", "2026-11-24").findings

    assert [(found.rule, found.severity) for found in findings] == [("grant-to-person", Severity.INFO)]


@pytest.mark.parametrize("today", ["2027-12-31", "2028-06-15", "2028-07-01", "2030-01-01", "2039-12-31"])
def test_time_alone_makes_no_errors(today: str) -> None:
    findings = check(ROOT / "reconciler.yaml", today).findings

    assert [found for found in findings if found.severity is Severity.ERROR] == []


def test_all_types_of_partners_are_there() -> None:
    assert Counter(partner.spec.type for partner in partners()) == {
        "reseller": 3,
        "external": 3,
        "internal": 2,
        "subsidiary": 1,
        "contractor": 1,
    }


def test_one_partner_is_suspended() -> None:
    assert [each.metadata.name for each in partners() if each.spec.status == "suspended"] == ["bellaposta"]


def test_some_teams_are_delegated_and_some_are_listed() -> None:
    teams = [team for partner in partners() for team in partner.spec.teams]

    assert Counter(team.members == "delegated" for team in teams) == {True: 8, False: 7}


def test_a_single_developer_is_granted_access_with_a_reason_and_an_end() -> None:
    grants = [grant for group in groups() for grant in group.spec.grants if grant.developer]

    assert [(grant.developer, grant.reason, grant.until) for grant in grants] == [
        ("sanne@devries-apps.example", "writes the public sample client (TRK-871)", "2029-03-31")
    ]
