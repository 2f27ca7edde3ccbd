"""Where a comment and a terminal put what no file holds any more, and in which words all say it."""

from textwrap import dedent
from typing import Any

from reconciler.model.access import AccessChange, Impact
from reconciler.model.document import Document
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.plan import Approval, Change, Drift, FileChange, Plan
from reconciler.render import markdown
from reconciler.render.approvals import reasons
from tests.builders import group, partner, people, product, team
from tests.render.plans import bare, from_to, lines, read

GOLD, SUITE = group("gold", apis=["a"]), product("suite", apis=["b"])
OPS = team("ops", "ana@acme.example", "bo@acme.example", members=["cy@acme.example"], access=["gold"])


def fence(made: Plan) -> str:
    """Return what stands in the fence of the changes."""
    return markdown.plan(made).partition("```diff\n")[2].partition("```")[0]


def test_deletions_are_listed_under_the_file_of_their_partner() -> None:
    left = team("ops", "ana@acme.example", members=["di@acme.example"])
    made = from_to([partner("acme", OPS), GOLD], [partner("acme", left), GOLD])

    assert fence(made) == dedent(
        """\
        @@ partners/acme.yaml @@
        - admin acme/ops/bo@acme.example
        - member acme/ops/cy@acme.example
        + member acme/ops/di@acme.example
        - grant acme/ops → gold
        """
    )


def test_deletions_without_a_known_file_are_listed_under_their_root_object() -> None:
    person = group("gold", apis=["a"], products=["suite"], grants=[{"developer": "sam@indie.example"}])
    made = from_to([partner("acme", OPS), person, SUITE], [])

    assert fence(made) == dedent(
        """\
        @@ partner acme @@
        - partner acme
        - team acme/ops
        - admin acme/ops/ana@acme.example
        - admin acme/ops/bo@acme.example
        - member acme/ops/cy@acme.example
        - grant acme/ops → gold
        @@ access group gold @@
        - group gold
        - API gold/a
        - product gold/suite
        - grant sam@indie.example → gold
        @@ API product suite @@
        - product suite
        - API suite/b
        """
    )


def test_the_file_of_an_owner_who_grants_is_not_that_of_the_partner() -> None:
    granting = group("gold", apis=["a"], grants=[{"partner": "acme"}])
    before = partner("acme", team("ops", "ana@acme.example", members=["bo@acme.example"]))
    after = partner("acme", team("ops", "ana@acme.example", members=["cy@acme.example"]))
    made = from_to([before, GOLD], [after, granting])

    assert fence(made) == dedent(
        """\
        @@ partners/acme.yaml @@
        - member acme/ops/bo@acme.example
        + member acme/ops/cy@acme.example
        @@ access-groups/gold.yaml @@
        + grant acme/ops → gold  consume
        """
    )
    assert "partner acme  partners/acme.yaml\n" in read(made)


def test_people_of_directories_are_listed_under_the_file_of_their_partner_if_it_is_known() -> None:
    def acme(*groups: str) -> Document:
        of_directory = {"from": "directory", "group": "Acme"}
        return partner("acme", {"name": "ops", "admins": of_directory, "access": [*groups]})

    ana = people({"acme/ops": {"admins": ["ana@acme.example"]}})
    whole = from_to([GOLD], [acme("gold"), GOLD, ana])
    alone = from_to([acme(), GOLD], [acme(), GOLD, ana])

    assert "partner acme  partners/acme.yaml\n" in read(whole)
    assert "partner acme  people.lock\n" in read(alone)


def test_where_a_partner_has_only_grants_they_tell_its_file_unless_it_is_that_of_a_group() -> None:
    bolt = group("bolt", apis=["b"])
    granting = group("gold", apis=["a", "c"], grants=[{"partner": "acme"}])
    asked = partner("acme", team("ops", "ana@acme.example", access=["bolt"]))
    none = partner("acme", team("ops", "ana@acme.example"))

    switched = from_to(
        [partner("acme", team("ops", "ana@acme.example", access=["gold"])), GOLD, bolt], [asked, GOLD, bolt]
    )
    given = from_to([asked, GOLD, bolt], [none, granting, bolt])

    assert fence(switched) == dedent(
        """\
        @@ partners/acme.yaml @@
        + grant acme/ops → bolt  consume
        - grant acme/ops → gold
        """
    )
    assert fence(given) == dedent(
        """\
        @@ partner acme @@
        - grant acme/ops → bolt
        @@ access-groups/gold.yaml @@
        + grant acme/ops → gold  consume
        + API gold/c
        """
    )


def test_drift_uses_the_same_words_as_changes() -> None:
    gone = from_to([partner("acme", OPS), GOLD], [GOLD]).changes
    made = bare(drift=Drift(gone))

    assert "- admin acme/ops/ana@acme.example\n" in fence(made)
    assert "  - admin acme/ops/ana@acme.example\n" in read(made)


def test_who_comes_goes_or_is_renamed_is_named_with_both_names() -> None:
    old = team("ops", "ana@acme.example", displayName="Ops")
    new = team("operations", "ana@acme.example", displayName="Ops", previously="ops")
    made = from_to(
        [partner("acme", old), partner("bolt", displayName="Bolt GmbH"), partner("core")],
        [partner("acme", new), partner("dash"), partner("kern", metadata={"previously": "core"})],
    )

    assert markdown.plan(made).split("\n\n")[2].split("\\\n")[:3] == [
        "New: `Dash` (`dash`, `reseller`).",
        "Deleted: `Bolt GmbH` (`bolt`, `reseller`).",
        "Renamed: `core` to `kern`, `acme/ops` to `acme/operations`.",
    ]


def test_apis_with_the_same_change_are_grouped() -> None:
    who: tuple[Any, ...] = ("acme/ops", ("ana@acme.example",), (), None)
    gone = (AccessChange(f"api-{each}", "consume", "none", *who) for each in range(2))
    less = (AccessChange(f"api-{each}", "consume", "view", *who) for each in range(2, 8))
    made = bare(changes=from_to([], [GOLD]).changes, access=Impact((), (*gone, *less)))

    assert (
        "`ana@acme.example` in `acme/ops` loses access to `api-0`, `api-1`; "
        "`api-2`, `api-3`, `api-4`, `api-5` and 2 more (view, was consume)." in markdown.plan(made)
    )


def test_an_entry_of_a_list_in_files_has_a_line_of_its_own() -> None:
    made = bare(
        file_changes=(
            FileChange(
                about="access-group/gold",
                path="offers",
                before=[{"type": "reseller"}, {"type": "external"}],
                after=[{"type": "reseller"}, {"type": "contractor", "maxDays": 90}],
            ),
            FileChange(about="configuration", path="rules.admin-domain", after="off"),
            FileChange(about="configuration", path="paths.a", before=["x", "y"], after=["y", "x"]),
        )
    )

    assert read(made) == lines(
        """
        File-only changes
          access-group/gold  offers
              - {type: external}
              + {type: contractor, maxDays: 90}
          configuration      rules.admin-domain  default (error) → off
          configuration      paths.a             reordered

        No changes.
        """
    )


def test_findings_are_sorted_by_severity_and_a_terminal_shows_errors_last() -> None:
    found = [
        Finding(rule=f"rule-{place}", severity=severity, message="m", file=f"{place}.yaml", line=1)
        for place, severity in enumerate((Severity.INFO, Severity.ERROR, Severity.WARNING, Severity.INFO))
    ]
    made = bare(changes=from_to([], [GOLD]).changes, findings=tuple(found))

    told = [line for line in markdown.plan(made).splitlines() if "`rule-" in line]
    assert [line.split(" | ")[1] for line in told] == ["`1.yaml:1`", "`2.yaml:1`", "`0.yaml:1`", "`3.yaml:1`"]
    assert read(made).splitlines()[-7:-1] == [
        "2.yaml:1: warning: m [rule-2]",
        "0.yaml:1: note: m [rule-0]",
        "3.yaml:1: note: m [rule-3]",
        "",
        "1.yaml:1: error: m [rule-1]",
        "",
    ]


def test_an_approval_lists_changes_without_prefix_and_other_reasons_unchanged() -> None:
    asked = (
        Approval("a", "changes partner/acme", ()),
        Approval("b", "adds their API to access-group/g", ()),
        Approval("a", "changes partner/bolt", ()),
    )

    assert reasons(bare(approvals=asked, approval_mode="off")) == {}
    assert reasons(bare(approvals=asked)) == {
        "a": ["partner/acme", "partner/bolt"],
        "b": ["adds their API to access-group/g"],
    }


def test_a_place_of_a_file_is_kept_where_a_change_has_one() -> None:
    change = Change(id="team/acme/ops", kind="team", action="update", source=Source("teams/ops.yaml", 3))

    assert fence(bare(changes=(change,))).startswith("@@ teams/ops.yaml @@\n")
