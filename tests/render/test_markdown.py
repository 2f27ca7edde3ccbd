"""A plan as a comment, read as GitHub reads it."""

from collections.abc import Iterator
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.errors import InputError
from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Approval, Change, Drift, FieldChange, Plan, Summary
from reconciler.render import markdown
from reconciler.render.markdown.plan import LARGEST
from tests.builders import group, partner, team
from tests.render.plans import bare, from_to

GFM = MarkdownIt("gfm-like", {"linkify": False})
NASTY = st.text(alphabet="ab|`<>&\n\r\t @#[]()!*_~-+\\:/0\u202e\u200b\x00\x1b", min_size=1, max_size=12)

SENTENCES = (
    "`acme/ops` (1 person) gets `a`. "
    "1 person is added; whoever has no account yet gets one invitation by mail."
)


def test_a_comment_begins_with_what_a_partner_manager_understands() -> None:
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

        ### 🟢 Access on `local`

        {SENTENCES}

        **4 to create · 0 to change · 0 to delete** · 1 person gains access · 0 people lose access

        - 🔑 **New admin**: `ana@acme.example` in `acme/ops`
        - 🌐 **New e-mail domain**: `acme.example`

        **Who gains access**

        | Who | APIs | Access | Through | Until |
        | --- | --- | --- | --- | --- |
        | `acme/ops` (1 person) | `a` | none → **consume** | `gold` | no end |

        **Changes**

        ```diff
        + partner/acme  reseller Acme
        + team/acme/ops  delegated
        + membership/acme/ops/ana@acme.example
        + grant/gold/team/acme/ops  consume
        ```

        """
    )


def test_an_empty_plan_says_so() -> None:
    assert markdown.plan(bare()).splitlines()[2:5] == [
        "### ⚪ No changes. Access on `local`",
        "",
        "Nothing changes.",
    ]


def test_losses_stand_before_gains() -> None:
    made = bare(access=Impact((gain("a"),), (loss("b"),)), changes=(change("grant/g/team/p/t"),))

    said = markdown.plan(made)

    assert said.index("Who loses access") < said.index("Who gains access")
    assert "### 🟡 Takes access away." in said


def test_findings_lead_to_their_lines() -> None:
    finding = Finding(
        rule="unknown-api", severity=Severity.ERROR, message="no such API", file="partners/ä b.yaml", line=7
    )

    said = markdown.plan(bare(findings=(finding,)), link="https://git.example/o/r/blob/9f3")

    assert (
        "| ⛔ | [`partners/ä b.yaml:7`](https://git.example/o/r/blob/9f3/partners/%C3%A4%20b.yaml#L7) "
        "| `no such API` | `unknown-api` |" in said
    )


def change(resource_id: str, action: str = "create", **more: object) -> Change:
    return Change(id=resource_id, kind=resource_id.partition("/")[0], action=action, **more)  # type: ignore[arg-type]


def gain(api: str, *people: str) -> AccessChange:
    return AccessChange(api, "none", "consume", "p/t", people, ("access-group/g",), None)


def loss(api: str, *people: str) -> AccessChange:
    return AccessChange(api, "consume", "none", "p/t", people, ("access-group/g",), None)


def big(number: int, action: str) -> Plan:
    changes = tuple(change(f"membership/p/t/person{each}@p.example", action) for each in range(number))
    rows = tuple(
        AccessChange(f"api-{each}", "none", "view", f"p/t{each}", (), (), None) for each in range(number)
    )
    return bare(changes=changes, access=Impact(rows, ()), summary=Summary(create=number))


def test_what_only_adds_is_folded_until_it_fits() -> None:
    said = markdown.plan(big(20_000, "create"))

    assert (len(said) <= LARGEST, "+ … and 19,800 more to create" in said, "more rows" in said) == (
        True,
        True,
        True,
    )


def test_what_takes_away_is_never_cut() -> None:
    said = markdown.plan(big(500, "delete"))

    assert said.count("\n- membership/p/t/person") == 500


def test_what_is_too_large_to_review_is_refused() -> None:
    with pytest.raises(InputError, match="too large to review"):
        markdown.plan(big(5_000, "delete"))


@given(said=NASTY)
def test_nothing_that_files_or_portals_say_becomes_markup(said: str) -> None:
    tokens = list(flat(GFM.parse(markdown.plan(saying(said)))))

    assert shape(tokens) == shape(list(flat(GFM.parse(markdown.plan(saying("x"))))))
    text = "".join(token.content for token in tokens if token.type == "text")
    assert not set(text) & set("@#<[`")


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
    return bare(
        changes=(update, change(f"grant/{said}/team/{said}/{said}", "delete")),
        access=Impact(
            (AccessChange(said, "none", "view", said, (said,), (f"access-group/{said}",), None),),
            (AccessChange(said, "view", "none", None, (said,), (f"access-group/{said}",), None),),
        ),
        approvals=(Approval(said, said, ()),),
        findings=(finding,),
        drift=Drift((update,), Impact()),
    )


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def shape(tokens: list[Token]) -> list[tuple[str, str]]:
    """Return what a page is made of, without what stands in it; HTML is ours alone, so it counts too."""
    return [(token.type, token.content if token.type.startswith("html") else "") for token in tokens]
