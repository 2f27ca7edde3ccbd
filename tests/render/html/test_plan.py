"""What the page says of a plan, before any script runs."""

import re
from html import unescape

import pytest

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.plan import Approval, Change, Drift, FieldChange, FileChange, Plan, Summary
from reconciler.model.risk import Risk
from reconciler.render import html
from tests.builders import group, partner, team
from tests.render.html.samples import several
from tests.render.plans import bare, from_to

ERROR = Finding(rule="unknown-api", severity=Severity.ERROR, message="no such API", file="a b.yaml", line=7)
CREATED = Change(id="access-group/gold", kind="access-group", action="create", after={})
NEW_ADMIN = Risk(rule="new-admin", rank="medium", subject="team/a/b", message="`bo` becomes an admin")
DELETED = Change(id="access-group/gold", kind="access-group", action="delete")


def part(page: str, name: str, within: str = "") -> list[str]:
    """Return what each element of a name says, in the first element `within`, with single spaces."""
    whole = re.search(rf"<{within}[ >].*?</{within}>", page, re.DOTALL) if within else None
    found = re.findall(rf"<{name}[ >].*?</{name}>", whole[0] if whole else page, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]*>", " ", each)).split()) for each in found]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (bare(complete=False, findings=(ERROR,)), "? Not decided: the portal was not read completely"),
        (bare(findings=(ERROR,), changes=(DELETED,)), "× Denied: nobody gains or loses access"),  # noqa: RUF001  a cross
        (bare(changes=(DELETED,)), "● Nobody gains or loses access"),
        (several(), "▲ 1 person gains access, 3 lose it"),
        (bare(changes=(CREATED,), risks=(NEW_ADMIN,)), "◆ Nobody gains or loses access"),
        (bare(), "= No changes"),
        (bare(drift=Drift((DELETED,))), "= No changes"),
    ],
)
def test_the_heading_is_the_verdict(made: Plan, words: str) -> None:
    assert part(html.plan(made), "h1") == [words]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            several(),
            (
                "1 person in core/app gains access to labels and rates. "
                "3 people in acme/ops and bolt/web lose access to labels, rates and tracking. "
                "1 person is added; people without an account get an e-mail invitation."
            ),
        ),
        (bare(changes=(CREATED,)), "Nobody gains or loses access."),
        (bare(), "No changes in the portal."),
        (
            bare(complete=False),
            "The portal was not read completely, so this plan cannot be evaluated or applied.",
        ),
        (
            from_to([group("gold", apis=["a"])], [group("gold", apis=[*"abcd"])]),
            "Nobody gains or loses access.",
        ),
        (
            bare(
                changes=(CREATED,),
                access=Impact(
                    tuple(
                        AccessChange(api, "none", "view", "acme/ops", (), ("access-group/g",), None)
                        for api in "abcd"
                    )
                ),
            ),
            "Nobody yet in acme/ops gains access to 4 APIs.",
        ),
    ],
)
def test_a_few_sentences_summarize_the_plan(made: Plan, said: str) -> None:
    assert part(html.plan(made), "p", within="header")[1:] == [said]


def test_the_number_of_people_who_gain_access_is_first() -> None:
    summary = Summary(create=1_200, adopt=1, unchanged=3, unmanaged=2, drift=4, people_losing=1)
    page = html.plan(bare(changes=(CREATED,), summary=summary))

    counts = zip(part(page, "dd", "header"), part(page, "dt", "header"), strict=True)
    assert [" ".join(each) for each in counts] == [
        *("0 people gain", "1 person loses", "1,200 to create", "0 to update", "0 to delete"),
        *("1 to adopt", "3 unchanged", "2 not managed here", "4 drifted"),
    ]


def test_risks_are_in_one_section() -> None:
    made = from_to(
        [partner("acme", team("ops", "ana@acme.example"), domains=["acme.example"])],
        [partner("acme", team("ops", "bo@new.example"), domains=["new.example"], type="internal")],
    )
    page = html.plan(made)
    named = page[page.index("Risks") :]

    assert (part(named, "dt", "dl"), part(named, "li", "dl")) == (
        ["Medium risk", "Low risk"],
        [
            "New admin: bo@new.example becomes an admin of acme/ ops",
            "New e-mail domain: acme may now have people with addresses at new.example",
            "Type changed: acme is now of type internal (was reseller )",
            "Admin removed: ana@acme.example is no longer an admin of acme/ ops",
        ],
    )


def test_required_approvals_have_owners_and_reasons() -> None:
    approvals = (Approval("a", "changes one", ()), Approval("b", "two", ()), Approval("a", "three", ()))
    page = html.plan(bare(approvals=approvals))
    reported = html.plan(bare(approvals=approvals, approval_mode="report"))

    assert (part(page, "dt")[:2], part(page, "dd")[:2]) == (["a", "b"], ["one three", "two"])
    assert ("Required approvals" in part(page, "h2"), "Approvals, not enforced" in part(reported, "h2")) == (
        True,
        True,
    )


def test_findings_link_to_their_lines_and_do_not_repeat_hints() -> None:
    hinted = Finding(rule="r", severity=Severity.ERROR, message="m", hint="mend it", file="ä b.yaml", line=7)
    page = html.plan(bare(findings=(hinted, hinted)), link="https://git.example/o/r/blob/9f3/")

    assert part(page, "tr")[1:] == [
        "× error m mend it ä b.yaml:7 r",  # noqa: RUF001  a cross
        "× error m ä b.yaml:7 r",  # noqa: RUF001  a cross
    ]
    assert 'href="https://git.example/o/r/blob/9f3/%C3%A4%20b.yaml#L7"' in page


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)//", "data:text/html,x", "//evil.example", "file:///etc"]
)
def test_without_an_address_of_the_web_places_are_mere_text(link: str) -> None:
    assert "<a " not in html.plan(bare(findings=(ERROR,)), link=link)


def test_changes_are_shown_field_by_field() -> None:
    update = Change(
        id="partner/acme",
        kind="partner",
        action="update",
        renamed_from="partner/old",
        fields=(
            FieldChange("domains", ["a", "b"], ["b", "c"]),
            FieldChange("blocked", ["a", "b"], ["b", "a"]),
            FieldChange("agreement", None, "MSA 1"),
            FieldChange("delegated", True, False),  # noqa: FBT003  a value
        ),
        source=Source("partners/acme.yaml", 4),
    )
    deleted = Change(id="grant/gold/team/acme/ops", kind="grant", action="delete", because="expired")
    taken = Change(id="api-product/suite", kind="api-product", action="adopt")

    assert part(html.plan(bare(changes=(deleted, update, taken))), "tr")[-5:] == [
        "partner acme",
        (
            "~ partner acme renamed from old domains: − a , + c blocked: reordered "  # noqa: RUF001  a minus
            'agreement: not set → "MSA 1" delegated: yes → no partners/acme.yaml:4'
        ),
        "− grant ops → gold (expired)",  # noqa: RUF001  a minus
        "API product suite",
        "= product suite adopted without changes",
    ]


def test_what_changes_in_files_alone_is_shown_too() -> None:
    offers = FileChange(
        about="access-group/gold",
        path="offers",
        before=[{"type": "reseller", "level": "view"}],
        after=[{"type": "reseller", "level": "consume"}],
        source=Source("access-groups/gold.yaml", 9),
    )
    rules = FileChange(about="configuration", path="rules.admin-domain", before=None, after="off")
    page = html.plan(bare(file_changes=(offers, rules)))

    assert part(page, "h2") == ["File-only changes"]
    assert part(page, "tr")[1:] == [
        (
            "access-group/gold offers − {type: reseller, level: view} , "  # noqa: RUF001  a minus
            "+ {type: reseller, level: consume} access-groups/gold.yaml:9"
        ),
        "configuration rules.admin-domain default (error) → off",
    ]


def test_drift_is_a_separate_collapsed_section() -> None:
    row = AccessChange("a", "consume", "none", "acme/ops", ("ana@a.example",), ("access-group/g",), None)
    page = html.plan(bare(drift=Drift((DELETED,), Impact((), (row,)))))

    assert part(page, "summary") == ["Drift: 1 difference, not changed by this plan"]
    assert part(page, "tr", "details")[1:] == [
        "access group gold",
        "− group gold",  # noqa: RUF001  a minus
        "Who APIs Access Via Was until",
        "acme/ops ana@a.example a − consume → none g no end date",  # noqa: RUF001  a minus
    ]


def test_a_page_without_anything_to_narrow_runs_no_script() -> None:
    page = html.plan(bare(findings=(ERROR,)))

    assert ("<script" in page, "script-src" in page) == (False, False)
