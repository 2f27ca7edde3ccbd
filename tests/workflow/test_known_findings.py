"""Findings that the base has too: only those rules run on it whose findings can be excused."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity
from reconciler.policy import RuleContext, judge
from reconciler.workflow.known_findings import excusable_rules, in_base
from tests.builders import group, partner, repository, team
from tests.laws import examples
from tests.states import TODAY

_ENDED: Final = {"exceptions": [{"rule": "admin-count", "reason": "API-1", "until": "2026-01-31"}]}
_OFFERED: Final = group("rates", offers=[{"type": "reseller"}])
DOCUMENTS: Final = (
    partner("acme", team("ops", "ana@acme.example", "cy@acme.example")),
    partner("acme", team("ops"), team("dev", "ana@else.example")),
    partner("acme", team("ops", access=["rates"]), metadata=_ENDED),
    partner("bolt", team("ops", access=["gone"]), owner="unknown"),
    partner("core", team("ops", "ana@acme.example"), agreement=None),
    _OFFERED,
    group("rates", grants=[{"partner": "acme"}], metadata=_ENDED),
    group("gold"),
)
SOME: Final = st.lists(st.sampled_from(DOCUMENTS), unique_by=id, max_size=5)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(400)
@given(SOME, SOME)
def test_rules_that_excuse_nothing_need_not_run_on_the_base(
    before: list[Document], after: list[Document]
) -> None:
    base, head = (RuleContext(repository(*each), TODAY) for each in (before, after))
    found = judge(head)

    assert in_base(found, judge(base, only=excusable_rules(found))) == in_base(found, judge(base))


def test_errors_of_files_and_findings_of_the_guard_cannot_be_excused() -> None:
    rules = ("schema", "duplicate-name", "guard-people", "unused-offer", "unsupported", "admin-domain")
    found = [Finding(rule=rule, severity=Severity.ERROR, message=rule) for rule in rules]

    assert excusable_rules(found) == {"unused-offer", "unsupported", "admin-domain"}
