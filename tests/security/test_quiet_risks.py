"""What a branch could slip in as a harmless line: false addresses, delegations, and new owners."""

from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.model.document import Document
from reconciler.policy import risks
from tests.builders import group, partner, team
from tests.policy.planning import world
from tests.states import holding

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: our-company}
spec:
  paths: {partners.yaml: [Partner]}
  owners: {sales: {email: sales@our.example}}
"""
PARTNER = """\
---
apiVersion: reconciler/v1
kind: Partner
metadata: {{name: {name}}}
spec:
  type: reseller
  displayName: {name}
  owner: sales
  agreement: MSA-1
  domains: [{domain}]
  teams: [{{name: ops, admins: ["ana@{domain}"]}}]
"""
# "paypal" in Cyrillic letters alone, and the same in its A-form.
FALSE = ("\u0440\u0430\u0443\u0440\u0430\u04cf.example", "xn--80aa0cbo65f.example")


@pytest.mark.parametrize("domain", FALSE)
def test_a_branch_cannot_name_a_domain_that_looks_like_another_partner_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], domain: str
) -> None:
    true = PARTNER.format(name="paypal", domain="paypal.example")
    (tmp_path / "reconciler.yaml").write_text(CONFIGURATION)
    (tmp_path / "partners.yaml").write_text(true + PARTNER.format(name="mallory", domain=domain))
    monkeypatch.chdir(tmp_path)

    assert run(["validate"]) == 3
    told = capsys.readouterr().out
    assert [
        f" looks like {known}, but is a different address with Cyrillic letters" in told
        for known in ("paypal.example", "ana@paypal.example")
    ] == [True, True]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (
            partner("acme", team("ops", members=[])),
            partner("acme", team("ops")),
            "delegation-begins",
        ),
        (
            partner("acme", team("ops"), blocked=["bo@acme.example"]),
            partner("acme", team("ops")),
            "unblocked",
        ),
        (group("gold"), group("gold", owner="payments"), "new-owner"),
    ],
)
def test_a_branch_cannot_let_people_in_or_take_a_group_without_a_risk_that_names_it(
    before: Document, after: Document, rule: str
) -> None:
    assert [risk.rule for risk in risks(world(holding(before), after), ())] == [rule]
