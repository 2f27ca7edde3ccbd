"""Whatever stands in names, addresses and messages: no output obeys it, and equal inputs give equal bytes."""

import json
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.access import AccessChange, AccessReport, AccessRow, EdgeFacts, Impact
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.forecast import Forecast, ForecastRow, ForecastSummary
from reconciler.model.health import CheckReport, HealthReport, HealthSummary, TargetHealth
from reconciler.model.inventory import Inventory, Listed
from reconciler.model.plan import Approval, Change, Drift, FieldChange, FileChange, Plan, Summary
from reconciler.model.receipt import Entry, Receipt, ReceiptSummary
from reconciler.model.risk import Risk, quoted
from reconciler.render import (
    calendar,
    github_annotations,
    gitlab_code_quality,
    json_format,
    markdown,
    sarif,
    table_csv,
    table_html,
    text,
)
from tests.laws import examples
from tests.render.plans import bare

HIDING = "\x00\x07\x1b[31m\x7f\x85\x9b\u061c\u200b\u200f\u2028\u202e\u2066\ufeff\u3164\U000e0041\r\n\t"
TEXTS = st.text(st.sampled_from([*HIDING, *"aZ|`/@ =→日"]), max_size=12)
COMMANDS = (
    "::add-mask::x",
    " ::error::x",
    "\u3000::error::x",
    "\n::error::x",
    "##[error]x",
    f"{'x ' * 40}::error::x" * 9,
)


def plan_with(said: str, day: str = "") -> Plan:
    """Return a plan that says this wherever it can; without a `day` also in place of days."""
    via = (f"access-group/{said}",)
    effect = AccessChange(said, "none", "consume", said, (said,), via, day or said)
    person = msgspec.structs.replace(effect, team=None)
    return bare(
        portal=said,
        scope=said,
        today=day or said,
        changes=(*changes_with(said),),
        summary=Summary(create=1),
        access=Impact((effect, person), (effect, person)),
        risks=(Risk(rule=said, rank="high", subject=said, people=(said,), message=quoted(said)),),
        approvals=(Approval(said, said, (said,)),),
        approvers={said: {"github": (said,)}},
        findings=findings_with(said),
        drift=Drift((*changes_with(said),)),
        file_changes=(
            FileChange(about=said, path=said, before=said, after={said: [said]}),
            FileChange(about=said, path="offers", before=[said], after=[{said: said}]),
        ),
    )


def changes_with(said: str) -> list[Change]:
    named = {
        "partner": ["partner", said],
        "team": ["team", said, said],
        "membership": ["membership", said, said, said],
        "api-product": ["api-product", said],
        "product-item": ["product-item", said, said],
        "access-group": ["access-group", said],
        "access-item": ["access-item", said, "api", said],
        "grant": ["grant", said, "team", said, said],
    }
    field = FieldChange(said, said, [said])
    keys = dict.fromkeys(("role", "until", "type", "status", "displayName", "level", "reason"), said)
    return [
        Change(
            id="/".join(parts),
            kind=kind,
            action=action,
            after=keys,
            fields=(field,),
            renamed_from=said if action == "update" else None,
            source=Source(said, 1, 1),
        )
        for kind, parts in named.items()
        for action in ("create", "update", "delete", "adopt")
    ]


def findings_with(said: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(rule=said, severity=each, message=said, hint=said, file=said, line=1, column=1, id=said)
        for each in Severity
    )


def report_with(said: str) -> AccessReport:
    row = AccessRow(said, said, said, said, said, "view", (f"access-group/{said}",), said)
    return AccessReport("portal", (row, msgspec.structs.replace(row, team=None)), (said,), (said,))


def receipt_with(said: str) -> Receipt:
    return Receipt(
        plan=said,
        portal=said,
        started=said,
        finished=said,
        outcome="incomplete",
        summary=ReceiptSummary(0, 1, 1, 1),
        entries=tuple(Entry(said, "create", each, said) for each in ("failed", "skipped", "unknown")),
        applied_by=said,
        access=Impact(
            (AccessChange(said, "none", "consume", said, (said,), (f"access-group/{said}",), said),),
            (AccessChange(said, "consume", "none", None, (said,), (f"access-group/{said}",), said),),
        ),
    )


def forecast_with(said: str) -> Forecast:
    row = ForecastRow(
        day="2027-01-01",
        partner=said,
        team=said,
        people=(said,),
        api=said,
        from_="consume",
        to="none",
        via=(f"access-group/{said}",),
        until="2026-12-31",
        ending="grant",
        reason=said,
        place=Source(said, 1, 2),
    )
    alone = msgspec.structs.replace(row, team=None, ending="partner")
    return Forecast(
        source="files",
        from_="2026-11-24",
        until="2027-11-24",
        summary=ForecastSummary(1, 1, 1),
        rows=(row, alone),
        delegated=(said,),
    )


def list_with(said: str) -> Inventory:
    row = Listed(
        name=said, display_name=said, type=said, owner=said, partners=(said,), place=Source(said, 1, 2)
    )
    return Inventory("files", "partners", (row,), (said,))


def health_with(said: str) -> HealthReport:
    check = CheckReport(name=said, status="failed", detail=said, hint=said, exit_code=5)
    target = TargetHealth(kind="portal", name=said, type=said, address=said, checks=(check, check))
    return HealthReport(version="0.1.0", targets=(target,), summary=HealthSummary(0, 0, 2, 0))


def unfolded(lines: str) -> str:
    """Return the lines of a calendar as its readers see them."""
    return lines.replace("\r\n ", "").replace("\r\n", "\n")


def edge_with(said: str) -> EdgeFacts:
    return EdgeFacts(until=said, reason=said, place=said, brought=said)


def outputs(said: str) -> dict[str, str]:
    """Return every output there is of nouns that say this everywhere."""
    report = report_with(said)
    return {
        "plan": text.plan(plan_with(said), color=False),
        "plan in json": json_format.plan(plan_with(said)),
        "findings": text.findings(findings_with(said), color=False),
        "findings in json": json_format.findings(findings_with(said), 1, 1),
        "findings in markdown": markdown.findings(findings_with(said), files=1, documents=1),
        "findings in html": table_html.findings(findings_with(said), files=1, documents=1),
        "annotations": github_annotations.findings(findings_with(said), "reconciler.yaml"),
        "code quality": gitlab_code_quality.findings(findings_with(said), "reconciler.yaml"),
        "sarif": sarif.findings(findings_with(said), "reconciler.yaml", about=said, rules={}),
        "receipt": text.receipt(receipt_with(said), color=False),
        "whole receipt": text.receipt(receipt_with(said), color=False, whole=True),
        "receipt in json": json_format.receipt(receipt_with(said)),
        "access": text.access(report, color=False),
        "explanation": text.explanation(
            report, dict.fromkeys(report.rows[0].edges, edge_with(said)), color=False
        ),
        "access in json": json_format.access(report),
        "access in csv": table_csv.access(report),
        "access in markdown": markdown.access(report),
        "people in markdown": markdown.access(report, names=True),
        "forecast": text.forecast(forecast_with(said), color=False),
        "forecast in json": json_format.forecast(forecast_with(said)),
        "forecast in csv": table_csv.forecast(forecast_with(said)),
        "forecast in markdown": markdown.forecast(forecast_with(said), names=True),
        "list": text.inventory(list_with(said), color=False),
        "list in json": json_format.inventory(list_with(said)),
        "list in csv": table_csv.inventory(list_with(said)),
        "list in markdown": markdown.inventory(list_with(said)),
        "health": text.health(health_with(said), color=False),
        "health in json": json_format.health(health_with(said)),
        "calendar": unfolded(calendar.forecast(forecast_with(said))),
    }


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(TEXTS)
def test_no_output_holds_what_a_terminal_obeys_or_hides(said: str) -> None:
    hidden = {
        name: sorted(set(unseen))
        for name, output in outputs(said).items()
        if (
            unseen := [each for each in output if unicodedata.category(each) in {"Cc", "Cf"} and each != "\n"]
        )
    }

    assert hidden == {}


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(TEXTS)
def test_messages_cannot_start_a_line(said: str) -> None:
    plain, spoken = outputs("x"), outputs(f"x{said.replace('/', '')}x")

    assert {name: len(each.splitlines()) for name, each in plain.items()} == {
        name: len(each.splitlines()) for name, each in spoken.items()
    }


@pytest.mark.parametrize("said", COMMANDS)
def test_no_output_holds_what_a_runner_obeys(said: str) -> None:
    moment = "2026-11-24T04:30:00Z"
    receipt = msgspec.structs.replace(receipt_with(said), started=moment, finished=moment)
    more = {
        "folded calendar": calendar.forecast(forecast_with(said)),
        "plan in markdown": markdown.plan(plan_with(said, day="2027-12-31"), names=True),
        "receipt in markdown": markdown.receipt(receipt),
    }
    obeyed = [
        (name, line)
        for name, output in {**outputs(said), **more}.items()
        for line in output.splitlines()
        if (line.lstrip().startswith("::") and name != "annotations") or "##[" in line
    ]

    assert obeyed == []


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(TEXTS)
def test_equal_inputs_give_equal_bytes(said: str) -> None:
    assert outputs(said) == outputs(said)


@given(TEXTS)
def test_escaped_json_has_the_same_values(said: str) -> None:
    read = json.loads(json_format.access(report_with(said)))

    assert (read["rows"][0]["person"], read["open"]) == (said, [said])


@given(TEXTS)
def test_only_colours_are_added_when_colours_are_wanted(said: str) -> None:
    made = plan_with(said)
    painted = text.plan(made, color=True)
    for code in (1, 2, 31, 32, 33, 36, 0):
        painted = painted.replace(f"\x1b[{code}m", "")

    assert painted == text.plan(made, color=False)
