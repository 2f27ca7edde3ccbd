from typing import Any

import msgspec
import pytest

from reconciler.policy import RuleContext, judge
from tests.builders import OWNERS, configuration, repository
from tests.policy.judging import TODAY, judged


def found(rule: str, approvers: dict[str, list[str]], **spec: Any) -> list[tuple[str, str]]:
    owners = {**OWNERS, "payments": {**OWNERS["payments"], "approvers": approvers}}
    return [each[:2] for each in judged(rule, configured=configuration(owners=owners, **spec))]


@pytest.mark.parametrize("approvers", [["ana"], ["ana", "Ana"]])
def test_an_approver_who_is_alone_is_reported(approvers: list[str]) -> None:
    assert found("single-approver", {"github": approvers, "gitlab": ["ana", "bo"]}) == [
        (
            "reconciler.yaml:21:9",
            'owner "payments" has only one approver on GitHub: nobody can approve changes by ana',
        )
    ]


@pytest.mark.parametrize("mode", ["report", "off"])
def test_one_approver_is_enough_where_approvals_are_not_enforced(mode: str) -> None:
    assert found("single-approver", {"github": ["ana"]}, approvals=mode) == []


def test_owners_without_approvers_are_not_reported() -> None:
    assert found("single-approver", {}) == found("single-approver", {"gitea": ["ana", "bo"]}) == []


def test_an_approver_whom_a_branch_lists_twice_is_an_error_before_the_merge() -> None:
    owners = {**OWNERS, "payments": {**OWNERS["payments"], "approvers": {"github": ["ana", "ANA"]}}}
    files = msgspec.structs.replace(repository(), branch_configuration=configuration(owners=owners))

    assert [each.rule for each in judge(RuleContext(files, TODAY))] == ["duplicate-person"]


def test_an_approver_who_is_listed_twice_is_an_error() -> None:
    assert found("duplicate-person", {"github": ["ana", "bo"], "gitea": ["ana", "bo", "ANA"]}) == [
        ("reconciler.yaml:26:11", 'ANA is already an approver of owner "payments" on Gitea')
    ]
