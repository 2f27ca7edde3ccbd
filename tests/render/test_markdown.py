"""A plan as a comment, read as GitHub reads it."""

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.access import AccessChange, Impact
from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.plan import Approval, Drift, FieldChange, FileChange, Plan, Summary
from reconciler.model.receipt import Entry, NotConverged, Receipt, summarize
from reconciler.model.risk import Risk, quoted
from reconciler.render import markdown
from reconciler.render.markdown.escaping import MAX_LENGTH
from tests.builders import group, partner, team
from tests.render.plans import bare, from_to
from tests.render.samples import change, gain, loss

GFM = MarkdownIt("gfm-like", {"linkify": False})
NASTY = st.text(alphabet="ab|`<>&\n\r\t @#[]()!*_~-+\\:/0\u202e\u200b\x00\x1b", min_size=1, max_size=12)

SENTENCES = (
    "New: `Acme` (`acme`, `reseller`).\\\n"
    "`ana@acme.example` in `acme/ops` gains access to `a`.\\\n"
    "`ana@acme.example` is added; people without an account get an e-mail invitation."
)


def test_a_comment_starts_with_a_summary() -> None:
    made = from_to(
        [group("gold", apis=["a"])],
        [
            group("gold", apis=["a"]),
            partner("acme", team("ops", "ana@acme.example", access=["gold"]), domains=["acme.example"]),
        ],
    )

    assert markdown.plan(made).rpartition("<sub>")[0].replace(SENTENCES, "{SENTENCES}") == dedent(
        """\
        <!-- reconciler plan local -->

        ### 🔴 1 person gains access: `local`

        {SENTENCES}

        **4 to create · 0 to update · 0 to delete** · 1 person gains access · 0 people lose access

        - 🔴 **Access opened**: `a` (restricted) is now open to 1 person (`acme/ops`)
        - 🟡 **New admin**: `ana@acme.example` becomes an admin of `acme/ops`
        - 🟡 **New e-mail domain**: `acme` may now have people with addresses at `acme.example`

        **Who gains access**

        | Who | APIs | Access | Via | Until |
        | --- | --- | --- | --- | --- |
        | `acme/ops`<br>`ana@acme.example` | `a` | none → **consume** | `gold` | no end date |

        **Changes**

        ```diff
        @@ partners/acme.yaml @@
        + partner acme  reseller Acme
        + team acme/ops  delegated
        + admin acme/ops/ana@acme.example
        + grant acme/ops → gold  consume
        ```

        """
    )


def test_an_empty_plan_has_a_sentence() -> None:
    assert markdown.plan(bare()).splitlines()[2:5] == [
        "### ⚪ No changes: `local`",
        "",
        "No changes in the portal.",
    ]


def test_gains_precede_losses_and_are_sorted_by_risk() -> None:
    high = Risk(rule="access-opened", rank="high", subject="api/z", people=("zoe@p.example",), message="m")
    made = bare(
        access=Impact((gain("a", "ana@p.example"), gain("z", "zoe@p.example")), (loss("b"),)),
        changes=(change("grant/g/team/p/t"),),
        summary=Summary(people_gaining=12, people_losing=1),
        risks=(high,),
    )

    said = markdown.plan(made)

    places = [said.index(each) for each in ("Who gains access", "<br>`zoe@", "<br>`ana@", "Who loses access")]
    assert places == sorted(places)
    assert "### 🔴 12 people gain access, 1 loses it: `local`" in said
    assert said.index("`zoe@p.example` in `p/t` gains access to `z`.") < said.index(
        "`ana@p.example` in `p/t` gains access to `a`."
    )


@pytest.mark.parametrize(
    ("made", "heading"),
    [
        ({"complete": False}, "⚪ Not decided: the portal was not read completely"),
        ({"findings": ("denied",)}, "⛔ Denied: 1 person loses access"),
        ({"risks": ("high", "low")}, "🔴 1 person loses access"),
        ({"risks": ("low", "medium")}, "🟡 1 person loses access"),
        ({"risks": ("low",)}, "🟢 1 person loses access"),
        ({}, "🟢 1 person loses access"),
    ],
)
def test_the_heading_is_facts_and_a_sign_for_the_highest_risk(made: dict[str, Any], heading: str) -> None:
    risks = tuple(Risk(rule="x", rank=rank, subject="api/a", message="m") for rank in made.pop("risks", ()))
    findings = tuple(
        Finding(rule="yaml", severity=Severity.ERROR, message=each) for each in made.pop("findings", ())
    )
    said = markdown.plan(
        bare(
            changes=(change("grant/g/team/p/t", "delete"),),
            summary=Summary(people_losing=1),
            risks=risks,
            findings=findings,
            **made,
        )
    )

    assert said.splitlines()[2] == f"### {heading}: `local`"


def test_findings_lead_to_their_lines() -> None:
    finding = Finding(
        rule="unknown-api", severity=Severity.ERROR, message="no such API", file="partners/ä b.yaml", line=7
    )

    said = markdown.plan(bare(findings=(finding,)), link="https://git.example/o/r/blob/9f3")

    assert (
        "| ⛔ | [`partners/ä b.yaml:7`](https://git.example/o/r/blob/9f3/partners/%C3%A4%20b.yaml#L7) "
        "| `no such API` | `unknown-api` |" in said
    )


def test_people_who_are_not_in_files_are_counted_unless_names_are_requested() -> None:
    rows = (gain("a", "ana@acme.example", "bo@acme.example", "cy@acme.example"), gain("b", "cy@acme.example"))
    made = bare(
        access=Impact(rows, ()),
        changes=(change("grant/g/team/p/t"),),
        unlisted=("bo@acme.example", "cy@acme.example"),
    )

    counts, names = markdown.plan(made), markdown.plan(made, names=True)

    assert "| `p/t`<br>`ana@acme.example` and 2 people managed in the portal | `a` |" in counts
    assert "| `p/t`, 1 person | `b` |" in counts
    assert "cy@" not in counts
    assert "| `p/t`<br>`ana@acme.example`, `bo@acme.example`, `cy@acme.example` | `a` |" in names


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("2027-12-31", "2026-12-31"), "gains access to `a0`, `a1` (view only) until 2026-12-31 or later."),
        (("2027-12-31", "2027-12-31"), "gains access to `a0`, `a1` (view only) until 2027-12-31."),
        (("2027-12-31", None), "gains access to `a0`, `a1` (view only)."),
    ],
)
def test_a_sentence_promises_no_end_that_does_not_hold(ends: tuple[str | None, ...], said: str) -> None:
    rows = tuple(
        AccessChange(
            f"a{number}", "none", "view", "p/t", ("ana@p.example",), (f"access-group/g{number}",), end
        )
        for number, end in enumerate(ends)
    )
    made = bare(access=Impact(rows, ()), changes=(change("grant/g/team/p/t"),))

    assert said in markdown.plan(made)


def test_changed_end_dates_are_mentioned_without_gains_and_losses() -> None:
    def given(*ends: str | None) -> list[Document]:
        access = [{"group": f"g{each}", **({"until": end} if end else {})} for each, end in enumerate(ends)]
        groups = [group(f"g{each}", apis=["a"]) for each in range(len(ends))]
        return [partner("acme", team("ops", "ana@acme.example", access=access)), *groups]

    said = markdown.plan(from_to(given("2027-06-30", None), given("2029-06-30", "2027-06-30")))

    assert "Nobody gains or loses access.\\\n2 end dates change." in said
    assert [line for line in said.splitlines() if line.startswith("- ")][:2] == [
        "- 🟡 **Access extended**: `acme/ops` has `g0` until `2029-06-30` (was until `2027-06-30`)",
        "- 🟢 **Access shortened**: `acme/ops` has `g1` until `2027-06-30` (was without an end)",
    ]


def test_admins_and_domains_are_all_named_where_they_do_not_come_with_new_partners() -> None:
    people = [f"person{each}@p.example" for each in range(30)]
    before = partner("p", team("t", "ana@p.example"))
    after = partner(
        "p",
        *[team(f"t{each}", person) for each, person in enumerate(people)],
        domains=[f"d{each}.example" for each in range(30)],
    )

    said = markdown.plan(from_to([before], [after]))

    assert all(f"`{each}` becomes an admin" in said for each in people)
    assert all(f"`d{each}.example`" in said for each in range(30))


def test_admins_and_domains_of_many_new_partners_are_counted() -> None:
    new = [
        partner(f"p{each}", team("t", "ana@p.example", "bo@p.example"), domains=["p.example"])
        for each in range(11)
    ]

    said = markdown.plan(from_to([], new)).splitlines()

    assert [line for line in said if line.startswith("- ")][:2] == [
        "- 🟡 **New admin**: 22 admins of 11 new partners",
        "- 🟡 **New e-mail domain**: 11 e-mail domains of 11 new partners",
    ]


def test_of_what_is_removed_the_first_are_named_and_no_other_risk_is_cut() -> None:
    removed = [
        Risk(
            rule="removed", rank="low", subject=f"partner/p{each}", message=f"1 team of `p{each}` is removed"
        )
        for each in range(12)
    ]
    sooner = [
        Risk(rule="end-brought-forward", rank="low", subject=f"grant/g/team/p/t{each}", message=f"`t{each}`")
        for each in range(12)
    ]

    said = [line for line in markdown.plan(bare(risks=(*removed, *sooner))).splitlines() if line[:2] == "- "]

    assert (len(said), said[9:12]) == (
        23,
        [
            "- 🟢 **Removed**: 1 team of `p9` is removed",
            "- 🟢 **Removed**: and 2 more",
            "- 🟢 **Access shortened**: `t0`",
        ],
    )


def test_risks_of_a_plan_file_are_escaped_except_plain_words() -> None:
    sentence = "`a|b` opens to 1,200 people, at www.evil.example; ask `@all` or @all #12"

    assert (
        "**Access opened**: `a|b`` opens to 1,200 people, at www.evil.example; ask ``@all`` or @all #12`"
        in (
            markdown.plan(
                bare(risks=(Risk(rule="access-opened", rank="high", subject="api/a", message=sentence),))
            )
        )
    )


def test_a_bar_is_escaped_in_a_table_and_nowhere_else() -> None:
    finding = Finding(rule="yaml", severity=Severity.WARNING, message="a|b")
    said = markdown.plan(bare(findings=(finding,), approvals=(Approval("o", "c|d", ()),)))

    assert ("`a\\|b`" in said, "- `o`: `c|d`" in said) == (True, True)


@given(said=NASTY)
def test_nothing_in_a_list_in_parts_or_in_a_brief_comment_becomes_markup(said: str) -> None:
    parts, brief = (
        [list(flat(GFM.parse(text))) for text in texts]
        for texts in (
            ["".join(markdown.parts(saying(each))) for each in (said, "x")],
            [markdown.plan(saying(each), largest=1) for each in (said, "x")],
        )
    )

    assert (shape(parts[0]), shape(brief[0])) == (shape(parts[1]), shape(brief[1]))


@given(said=NASTY)
def test_nothing_that_files_or_portals_say_becomes_markup(said: str) -> None:
    tokens = list(flat(GFM.parse(markdown.plan(saying(said)))))

    assert shape(tokens) == shape(list(flat(GFM.parse(markdown.plan(saying("x"))))))
    text = "".join(token.content for token in tokens if token.type == "text")
    assert not set(text) & set("@#<[`")


@given(said=NASTY)
def test_nothing_in_a_risk_becomes_markup_though_its_own_words_were_forged(said: str) -> None:
    forged = Risk(rule=said, rank="high", subject=said, people=(said,), message=f"a {said} and {said}")
    tokens = list(flat(GFM.parse(markdown.plan(bare(risks=(forged,))))))

    assert {token.content for token in tokens if token.type == "html_inline"} == {"<sub>", "</sub>"}
    assert not set("".join(token.content for token in tokens if token.type == "text")) & set("@#<[`")


def saying(said: str) -> Plan:
    """Return a plan in which everything that files and portals can say is this."""
    finding = Finding(rule="yaml", severity=Severity.WARNING, message=said, hint=said, file=said, line=1)
    update = change(
        f"partner/{said}",
        "update",
        before={"type": said},
        after={"type": "x", "domains": [said]},
        fields=(FieldChange("type", said, "x"),),
    )
    made = change(f"partner/{said}", after={"displayName": said, "type": said}, source=Source(said, 1))
    return bare(
        changes=(
            update,
            made,
            change(f"grant/{said}/team/{said}/{said}", "delete"),
            change(f"partner/{said}", "delete"),
            change(f"membership/{said}/{said}/{said}", after={"role": "admin"}),
        ),
        access=Impact(
            (AccessChange(said, "none", "view", said, (said,), (f"access-group/{said}",), None),),
            (AccessChange(said, "view", "none", None, (said,), (f"access-group/{said}",), None),),
        ),
        approvals=(Approval(said, said, ()),),
        findings=(finding,),
        drift=Drift((update,), Impact()),
        unlisted=("ana@acme.example",),
        risks=(
            Risk(
                rule="access-opened",
                rank="high",
                subject=said,
                people=(said,),
                message=f"{quoted(said)} (restricted) is now open to 1 person ({quoted(said)})",
            ),
        ),
        file_changes=(
            FileChange(about=f"access-group/{said}", path="offers", before=[{"partner": said}], after=[]),
            FileChange(about="configuration", path=f"rules.{said}", before=said, after=None),
            FileChange(about=f"api/{said}", path="owner", before=said, after="x"),
        ),
    )


@given(said=NASTY)
def test_nothing_that_a_portal_answers_becomes_markup(said: str) -> None:
    tokens = list(flat(GFM.parse(markdown.receipt(answered(said), saying(said)))))

    assert shape(tokens) == shape(list(flat(GFM.parse(markdown.receipt(answered("x"), saying("x"))))))
    text = "".join(token.content for token in tokens if token.type == "text")
    assert not set(text) & set("@#<[`")


def answered(said: str) -> Receipt:
    """Return a receipt in which everything that a portal can say is this."""
    return receipt(
        Entry(f"membership/p/t/{said}", "create", "applied"),
        Entry(f"partner/{said}", "update", "failed", said),
        Entry(f"team/{said}", "update", "unknown", said),
        Entry(f"team/{said}/x", "update", "skipped", said),
        problem=said,
        unsettled=(NotConverged(said, said),),
    )


def receipt(*entries: Entry, **others: Any) -> Receipt:
    complete = {each.outcome for each in entries} <= {"applied"}
    known: dict[str, Any] = {
        "plan": "sha256:00",
        "portal": "local",
        "started": "2026-11-24T10:41:58Z",
        "finished": "2026-11-24T10:42:00Z",
        "outcome": "complete" if complete else "incomplete",
        "summary": summarize(entries),
        "entries": entries,
    }
    return Receipt(**{**known, **others})


def test_after_apply_the_comment_has_the_time_and_the_people() -> None:
    made = bare(access=Impact((gain("a", "ana@acme.example"),), ()))
    done = receipt(Entry("membership/p/t/ana@acme.example", "create", "applied"))

    assert markdown.receipt(done, made) == dedent(
        """\
        <!-- reconciler plan local -->

        ### ✅ Applied to `local` at 2026-11-24 10:42 UTC

        `ana@acme.example` in `p/t` gained access to `a`.\\
        `ana@acme.example` was added; people without an account got an e-mail invitation.

        **1 applied**

        <details><summary>Access changes</summary>

        **Who gained access**

        | Who | APIs | Access | Via | Until |
        | --- | --- | --- | --- | --- |
        | `p/t`<br>`ana@acme.example` | `a` | none → **consume** | `g` | no end date |

        </details>

        <details><summary>1 change applied</summary>

        ```diff
        + membership/p/t/ana@acme.example
        ```

        </details>

        <sub>Plan `sha256:00`, applied from 2026-11-24T10:41:58Z to 2026-11-24T10:42:00Z</sub>
        """
    )


def test_after_a_failure_the_comment_has_the_remaining_changes_and_next_steps() -> None:
    failed = receipt(
        Entry("partner/acme", "update", "applied"),
        Entry("team/acme/ops", "update", "failed", "409: the name is taken | by bolt", 3),
        Entry("membership/acme/ops/ana@acme.example", "create", "skipped", "needs team/acme/ops", 0),
    )

    assert markdown.receipt(failed, bare()) == dedent(
        """\
        <!-- reconciler plan local -->

        ### 🔴 Not fully applied to `local`

        **1 applied · 1 failed · 1 skipped**

        |  | Change | Outcome | Reason |
        | --- | --- | --- | --- |
        | ⛔ | update `team/acme/ops` | failed | `409: the name is taken \\| by bolt` |
        | ⏸️ | create `membership/acme/ops/ana@acme.example` | skipped | `needs team/acme/ops` |

        No rollback is needed. Fix the failed changes first; skipped changes depend on them. Then apply again: only the remaining changes are planned.

        <details><summary>1 change applied</summary>

        ```diff
        ! partner/acme
        ```

        </details>

        <sub>Plan `sha256:00`, applied from 2026-11-24T10:41:58Z to 2026-11-24T10:42:00Z</sub>
        """  # noqa: E501  as it is written
    )


def test_a_receipt_without_a_plan_has_the_numbers_of_people_and_the_user() -> None:
    gained = AccessChange("a", "none", "view", "p/t", ("ana@acme.example", "bo@acme.example"), (), None)
    done = msgspec.structs.replace(
        receipt(Entry("partner/acme", "update", "applied")),
        applied_by="ana|`x`",
        access=Impact((gained,), (msgspec.structs.replace(gained, people=("cy@acme.example",)),)),
    )

    written = markdown.receipt(done)

    assert "\n2 people gained access.\\\n1 person lost access.\n\n**1 applied**\n" in written
    assert written.endswith("T10:42:00Z by `` ana|`x` ``</sub>\n")
    assert "ana@acme.example" not in written


def test_what_failed_is_never_cut_and_what_waited_is_counted() -> None:
    skipped = (
        Entry(f"membership/p/t/person{each}@p.example", "create", "skipped", "") for each in range(5_000)
    )

    said = markdown.receipt(receipt(Entry("partner/p", "update", "failed", "no"), *skipped))

    assert (len(said) <= MAX_LENGTH, "| ⛔ | update `partner/p` |" in said, "more skipped" in said) == (
        True,
    ) * 3


def test_of_a_receipt_too_there_is_always_a_comment() -> None:
    failed = (
        Entry(f"membership/p/t/person{each}@p.example", "create", "failed", "no") for each in range(5_000)
    )

    said = markdown.receipt(receipt(*failed))

    assert (len(said) <= MAX_LENGTH, "… and 4,900 more failed or unknown" in said) == (True, True)


def test_a_rerun_without_changes_has_a_heading() -> None:
    assert "### ⚪ No changes to apply to `local`" in markdown.receipt(receipt())


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def shape(tokens: list[Token]) -> list[tuple[str, str]]:
    """Return what a page is made of, without what stands in it; HTML is ours alone, so it counts too."""
    return [(token.type, token.content if token.type.startswith("html") else "") for token in tokens]
