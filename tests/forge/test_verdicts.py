from reconciler.forge import annotation, verdict
from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation
from reconciler.model.plan import Change, Plan, Summary, sealed

ONE = Change(id="partner/acme", kind="partner", action="create", after={"type": "reseller"})


def plan(*changes: Change, complete: bool = True, findings: tuple[Finding, ...] = ()) -> Plan:
    return sealed(
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
        ("success", "1 change; gaining access: 1,200, losing access: 1"),
        ("success", "2 changes; gaining access: 1,200, losing access: 1"),
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
        ("failure", "The portal was not read to its end"),
        ("success", "1 change; gaining access: 1,200, losing access: 1"),
    ]


def test_a_plan_that_is_too_large_to_review_fails_with_its_digest() -> None:
    made = plan(ONE)
    found = verdict(made, "Split it.", too_large=True)

    assert (found.conclusion, found.title, found.digest) == ("failure", "Too large to review", made.digest)


def test_a_finding_is_shown_beside_its_line_without_what_nobody_sees() -> None:
    noted = finding(Severity.WARNING, hint="ask\u202ehim")

    assert annotation(noted, "access/partners/acme.yaml", 3) == Annotation(
        "access/partners/acme.yaml", 3, "warning", "admin-domain", "not theirs (ask\\u202ehim)"
    )
