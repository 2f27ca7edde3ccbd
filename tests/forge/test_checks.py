import msgspec
import pytest

from reconciler.forge import annotation, verdict
from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation
from reconciler.model.plan import Change, Plan, Summary, with_digests
from reconciler.model.risk import Rank, Risk

ONE = Change(id="partner/acme", kind="partner", action="create", after={"type": "reseller"})


def plan(*changes: Change, complete: bool = True, findings: tuple[Finding, ...] = ()) -> Plan:
    return with_digests(
        Plan(
            reconciler="0.1.0",
            portal="local",
            portal_id="p",
            scope="our-company",
            created="2026-11-24T04:30:00Z",
            today="2026-11-24",
            changes=changes,
            complete=complete,
            findings=findings,
            summary=Summary(create=len(changes), people_gaining=1200, people_losing=1),
        )
    )


def finding(severity: Severity = Severity.ERROR, **where: object) -> Finding:
    return Finding(rule="admin-domain", severity=severity, message="not theirs", **where)  # type: ignore[arg-type]


def judged(made: Plan) -> tuple[str, str]:
    found = verdict(made, "All of it.")
    return found.conclusion, found.title


def test_a_verdict_bears_the_digest_and_the_name_of_the_portal() -> None:
    made = plan(ONE)
    found = verdict(made, "All of it.", link="https://ci.example/5")

    assert (found.name, found.digest, found.summary, found.link) == (
        "reconciler plan (local)",
        made.digest,
        "All of it.",
        "https://ci.example/5",
    )


def test_what_may_be_merged_passes() -> None:
    assert [judged(plan()), judged(plan(ONE)), judged(plan(ONE, ONE))] == [
        ("neutral", "No changes"),
        ("success", "1,200 people gain access, 1 loses it (1 change)"),
        ("success", "1,200 people gain access, 1 loses it (2 changes)"),
    ]


def test_what_is_denied_or_not_decided_fails() -> None:
    warned = (finding(Severity.WARNING),)
    assert [
        judged(plan(ONE, findings=(finding(),))),
        judged(plan(ONE, findings=(finding(), finding()))),
        judged(plan(findings=(finding(),))),
        judged(plan(complete=False)),
        judged(plan(ONE, findings=warned)),
    ] == [
        ("failure", "Denied by 1 error"),
        ("failure", "Denied by 2 errors"),
        ("failure", "Denied by 1 error"),
        ("failure", "The portal was not read completely"),
        ("success", "1,200 people gain access, 1 loses it (1 change)"),
    ]


def test_a_plan_that_does_not_fit_into_a_comment_fails_until_it_is_let_through() -> None:
    made = plan(ONE)
    found = verdict(made, "Some of it.", whole=False)
    through = verdict(msgspec.structs.replace(made, allowed=True), "Some of it.", whole=False)
    denied = verdict(plan(ONE, findings=(finding(),)), "Some of it.", whole=False)

    assert (found.conclusion, found.title, found.digest) == (
        "failure",
        "Too large for a comment: review the full plan, then allow its digest",
        made.digest,
    )
    assert (through.conclusion, denied.conclusion, denied.title) == (
        "success",
        "failure",
        "Denied by 1 error",
    )


@pytest.mark.parametrize(
    ("rank", "title"),
    [
        ("high", "High risk: 1,200 people gain access, 1 loses it (1 change)"),
        ("medium", "Medium risk: 1,200 people gain access, 1 loses it (1 change)"),
        ("low", "1,200 people gain access, 1 loses it (1 change)"),
    ],
)
def test_the_highest_risk_stands_before_the_facts(rank: Rank, title: str) -> None:
    risk = Risk(rule="x", rank=rank, subject="api/a", message="m")

    assert judged(msgspec.structs.replace(plan(ONE), risks=(risk,))) == ("success", title)


def test_a_finding_is_shown_beside_its_line_without_what_nobody_sees() -> None:
    noted = finding(Severity.WARNING, hint="ask\u202ehim")

    assert annotation(noted, "access/partners/acme.yaml", 3) == Annotation(
        "access/partners/acme.yaml", 3, "warning", "admin-domain", "not theirs (ask\\u202ehim)"
    )
