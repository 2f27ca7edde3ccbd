"""Plans that are large: what a comment folds, what it never folds, and what it says where all is too much."""

import re

import msgspec
import pytest

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.plan import FileChange, Summary
from reconciler.model.risk import Risk
from reconciler.render import markdown
from reconciler.render.markdown.escaping import MAX_LENGTH
from tests.builders import group, partner, team
from tests.render.plans import bare, from_to
from tests.render.samples import big, change, gain, loss


@pytest.mark.no_cover  # it runs the same lines again and again
def test_what_only_adds_is_folded_until_it_fits() -> None:
    said = markdown.plan(big(5_000, "create"))

    assert (len(said) <= MAX_LENGTH, "+ … and 4,801 more to create" in said, "more rows" in said) == (
        True,
        True,
        True,
    )


def test_what_takes_away_is_never_cut() -> None:
    said = markdown.plan(big(500, "delete"))

    assert said.count("\n- member p/t/person") == 500


def test_who_gains_outside_of_newly_created_partners_is_never_folded_away() -> None:
    made = big(5_000, "create")
    crowd = tuple(f"person{each}@q.example" for each in range(60))
    risen = AccessChange("rates", "view", "consume", "q/last", crowd, ("access-group/g",), None)
    joined = change("membership/q/first/mallory@evil.example")
    gained = gain("rates", "mallory@evil.example")
    said = markdown.plan(
        msgspec.structs.replace(
            made,
            changes=(*made.changes, joined),
            access=Impact((*made.access.gained, risen, msgspec.structs.replace(gained, team="q/first")), ()),
        )
    )

    assert len(said) <= MAX_LENGTH
    assert f"<br>{', '.join(f'`{person}`' for person in crowd)} | `rates` | view → **consume** |" in said
    assert "| `q/first`<br>`mallory@evil.example` | `rates` |" in said
    assert "\n+ member q/first/mallory@evil.example\n" in said


def test_a_plan_that_fits_into_no_comment_is_counted_with_its_highest_risks_and_links() -> None:
    crowd = tuple(f"person{each}@q.example" for each in range(3_000))
    rows = (msgspec.structs.replace(gain("rates", *crowd), team="q/t"), gain("labels", "ana@p.example"))
    high = Risk(
        rule="access-opened", rank="high", subject="api/labels", people=("ana@p.example",), message="`labels`"
    )
    many = tuple(
        Risk(rule="end-brought-forward", rank="low", subject=f"grant/g/team/p/t{each}", message=f"`t{each}`")
        for each in range(3_000)
    )
    made = bare(
        access=Impact(rows, (loss("rates", "bo@p.example"),)),
        changes=tuple(change(f"membership/q/t/{person}") for person in crowd),
        summary=Summary(create=3_000, people_gaining=3_001, people_losing=1),
        risks=(high, *many),
    )
    elsewhere = markdown.Elsewhere("https://git.example/page", "https://git.example/list", "")

    found = markdown.comment(made, elsewhere=elsewhere)
    lines = found.text.splitlines()

    assert (found.whole, len(found.text) <= MAX_LENGTH) == (False, True)
    assert lines[:11:2] == [
        "<!-- reconciler plan local -->",
        "### 🔴 3,001 people gain access, 1 loses it: `local`",
        (
            "⛔ **This plan is too large for a comment, so the check fails** until the plan is allowed:"
            f" review the full plan, add `{made.digest}` to `guard.allow` on the base branch, and plan again."
        ),
        ("Full plan: [HTML page](https://git.example/page), [list in parts](https://git.example/list)."),
        (
            "**3,000 to create · 0 to update · 0 to delete** · 3,001 people gain access"
            " · 1 person loses access"
        ),
        "- 🔴 **Access opened**: `labels`",
    ]
    assert lines[11:13] == ["- 🟢 **Access shortened**: `t0`", "- 🟢 **Access shortened**: `t1`"]
    assert "- … and 2,901 more" in lines
    assert [line for line in lines if line.startswith("| `")][-4:] == [
        "| `q` | 3,000 | 0 |",
        "| `p` | 1 | 1 |",
        "| `rates` | 3,000 | 1 |",
        "| `labels` | 1 | 0 |",
    ]
    assert lines.index(
        "| `p/t`<br>`ana@p.example` | `labels` | none → **consume** | `g` | no end date |"
    ) < next(place for place, line in enumerate(lines) if line.startswith("| `q/t`<br>"))


@pytest.mark.no_cover  # it runs the same lines again and again
@pytest.mark.parametrize(
    "largest", [8_000, *(pytest.param(length, marks=pytest.mark.real) for length in (60_000, 2_500))]
)
def test_whatever_a_plan_holds_there_is_a_comment_that_fits(largest: int) -> None:
    errors = tuple(
        Finding(rule="yaml", severity=Severity.ERROR, message=f"no {each}", file="a.yaml", line=each)
        for each in range(1, 3_000)
    )
    made = msgspec.structs.replace(big(5_000, "delete"), findings=errors)

    found = markdown.comment(made, largest=largest)

    assert (found.whole, len(found.text) <= largest) == (False, True)
    assert "**Denied by 2,999 errors**" in found.text


@pytest.mark.no_cover  # it runs the same lines again and again
def test_an_allowed_plan_has_a_notice() -> None:
    found = markdown.comment(msgspec.structs.replace(big(5_000, "delete"), allowed=True))

    assert "⚠️ This plan is too large for a comment. Its digest is allowed in `guard.allow`." in found.text


@pytest.mark.no_cover  # it runs the same lines again and again
def test_the_first_import_of_four_hundred_partners_fits_into_a_comment() -> None:
    gold = group("gold", apis=["rates"])
    new = [
        partner(
            f"partner-{each}",
            team("operations", f"ana@p{each}.example", f"bo@p{each}.example", access=["gold"]),
            domains=[f"p{each}.example"],
        )
        for each in range(400)
    ]

    found = markdown.comment(from_to([gold], [gold, *new]))

    assert (found.whole, len(found.text) <= MAX_LENGTH) == (True, True)
    assert [line for line in found.text.splitlines() if line.startswith("- ")][:4] == [
        (
            "- 🔴 **Access opened**: `rates` (restricted) is now open to 800 people"
            " (`partner-0/operations`, `partner-1/operations`, `partner-10/operations`,"
            " `partner-100/operations` and 396 more)"
        ),
        "- 🟡 **New admin**: 800 admins of 400 new partners",
        "- 🟡 **New e-mail domain**: 400 e-mail domains of 400 new partners",
        "- 🟡 **Many people**: 800 people gain access",
    ]


def test_a_list_in_parts_is_complete_and_each_part_names_the_plan() -> None:
    crowd = tuple(f"person{each}@q.example" for each in range(3_000))
    rows = (msgspec.structs.replace(gain("rates", *crowd), team="q/t"),)
    made = bare(
        access=Impact(rows, ()),
        changes=tuple(change(f"membership/q/t/{person}") for person in crowd),
        findings=(Finding(rule="yaml", severity=Severity.WARNING, message="odd"),),
        file_changes=(FileChange(about="configuration", path="rules.admin-domain", after="off"),),
    )

    found = markdown.parts(made, largest=20_000)

    whole = "".join(found)
    assert max(map(len, found)) <= 20_000
    assert [each.splitlines()[-1] for each in found] == [
        f"Part {number} of {len(found)}" for number in range(1, len(found) + 1)
    ]
    assert [each.count(f"`{made.digest}`") for each in found] == [1] * len(found)
    assert [person for person in crowd if f"+ member q/t/{person}\n" not in whole] == []
    assert [person for person in crowd if f"`{person}`" not in whole] == []
    assert (
        "| ⚠️ |  | `odd` | `yaml` |" in whole,
        "- `rules.admin-domain` `default (error)` → `off`" in whole,
    ) == (True, True)
    assert all(each.count("```diff") == each.count("```") // 2 for each in found)


def test_a_file_that_continues_in_the_next_part_is_named_there_again() -> None:
    made = bare(
        changes=tuple(
            msgspec.structs.replace(change(f"team/{partner}/t{number}"), source=Source(f"{partner}.yaml", 1))
            for partner in ("p", "q")
            for number in range(90)
        )
    )

    found = markdown.parts(made, largest=1_500)

    assert [re.findall("@@ .* @@", part) for part in found] == [
        ["@@ p.yaml @@"],
        ["@@ p.yaml @@", "@@ q.yaml @@"],
        ["@@ q.yaml @@"],
    ]
    assert [part for part in found if re.search("@@\n```|\n\n\n", part)] == []
