"""What a branch changes and decides follows from the documents that it changes, and those that they need."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Document, Repository
from reconciler.model.resource import Live
from reconciler.policy import RuleContext, approvals
from reconciler.workflow import merge_base
from reconciler.workflow.changed_documents import Changed, changed_documents
from reconciler.workflow.plan import decisions as decisions_of_plans
from reconciler.workflow.plan.decisions import decisions
from reconciler.workflow.plan.touched import find_touched
from tests.builders import catalog, document, group, partner, people, product, repository, team
from tests.laws import examples
from tests.states import TODAY
from tests.workflow.deciding import checked

SOURCE: Final = {"from": "directory", "group": "Developers"}
PARTNERS: Final = ("acme", "bolt", "core")
GROUPS: Final = ("gold", "rates")
PRODUCTS: Final = ("suite", "tools")
FORMER: Final = st.sampled_from([None, None, None, "acme", "bolt", "gold", "rates", "suite", "old"])
ACCESS: Final = st.lists(
    st.sampled_from([*GROUPS, {"group": "gold", "level": "view"}, {"group": "rates", "until": "2027-01-31"}]),
    max_size=2,
    unique_by=str,
)
MEMBERS: Final = st.sampled_from([[], ["bo@acme.example"], SOURCE, SOURCE, "delegated"])
TEAMS: Final = st.builds(
    lambda name, **spec: team(name, **{key: each for key, each in spec.items() if each}),
    st.sampled_from(["ops", "dev"]),
    access=ACCESS,
    members=MEMBERS,
    previously=st.sampled_from([None, None, "ops", "old", "acme/ops", "core/dev", "gone/dev"]),
    status=st.sampled_from([None, None, "ended"]),
)
GRANT: Final = st.sampled_from(
    [
        *({"partner": name} for name in PARTNERS),
        {"team": "acme/ops", "until": "2027-06-30"},
        {"team": "bolt/dev", "level": "view"},
        {"developer": "sam@indie.example"},
    ]
)
ROWS: Final = st.lists(
    st.sampled_from(
        [
            "cy@acme.example",
            {"email": "di@acme.example", "previously": ["bo@acme.example"]},
            {"email": "eve@acme.example", "previously": ["cy@acme.example"]},
        ]
    ),
    unique_by=str,
)
KEYS: Final = ("acme/ops", "acme/dev", "bolt/ops", "gone/dev", "old/ops")


def named(formers: Any) -> dict[str, Any]:
    return {"previously": formers} if formers else {}


@st.composite
def worlds(draw: st.DrawFn) -> list[Document]:
    """Draw documents, no two of which have the same kind and name, apart from catalogs."""
    found = [
        partner(
            name,
            *draw(st.lists(TEAMS, max_size=2, unique_by=lambda each: str(each["name"]))),
            metadata=named(draw(FORMER)),
            access=draw(ACCESS),
            owner=draw(st.sampled_from(["partnerships", "payments"])),
            type=draw(st.sampled_from(["reseller", "external"])),
            **draw(
                st.sampled_from(
                    [{}, {}, {"status": "suspended"}, {"status": "ended"}, {"until": "2027-03-31"}]
                )
            ),
            **draw(st.sampled_from([{}, {"blocked": ["bo@acme.example", "cy@acme.example"]}])),
        )
        for name in draw(st.sets(st.sampled_from(PARTNERS)))
    ]
    found += [
        group(
            name,
            metadata=named(draw(FORMER)),
            owner=draw(st.sampled_from(["logistics", "payments"])),
            apis=draw(st.sampled_from([[], ["labels"], ["cards"]])),
            products=draw(st.lists(st.sampled_from(PRODUCTS), unique=True)),
            grants=draw(st.lists(GRANT, max_size=2, unique_by=str)),
        )
        for name in draw(st.sets(st.sampled_from(GROUPS)))
    ]
    found += [
        product(name, metadata=named(draw(FORMER)), apis=draw(st.sampled_from([[], ["labels"], ["cards"]])))
        for name in draw(st.sets(st.sampled_from(PRODUCTS)))
    ]
    owners = st.sampled_from(["logistics", "payments"])
    apis = [{"name": name, "owner": draw(owners)} for name in ("cards", "labels")]
    found += draw(st.sampled_from([[catalog(*apis)], [catalog(each) for each in apis]]))
    if draw(st.booleans()):
        found.append(people({key: {"members": draw(ROWS)} for key in draw(st.sets(st.sampled_from(KEYS)))}))
    return found


@st.composite
def branches(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    """Draw the documents of a base and of a branch in the order of their kinds; some are the same objects."""
    base, other = draw(worlds()), draw(worlds())
    edited = {(each.kind, each.name) for each in other if draw(st.integers(0, 2)) == 0}
    kept = [each for each in base if (each.kind, each.name) not in edited]
    return base, kept + [each for each in other if (each.kind, each.name) in edited]


def decided(before: list[Document], after: list[Document]) -> Any:
    """Return what a branch changes in files only, what it decides, and who is asked."""
    result = checked(before, after)
    made = decisions(result, None)
    assert made is not None
    assert result.repository is not None
    context = RuleContext(
        result.repository,
        TODAY,
        made.after,
        Live("files", {}, {}),
        made.changes,
        file_changes=made.file_changes,
        before=made.before,
    )
    return result.file_changes, made.digest, made.changes, {*map(str, made.file_changes)}, approvals(context)


def everything(base: Repository, head: Repository) -> Changed:
    """Return all documents, as if each of them was changed."""
    return Changed(base.documents, head.documents)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(800)
@given(branches())
def test_decisions_follow_from_the_documents_that_the_changed_ones_need(
    branch: tuple[list[Document], list[Document]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge_base, "changed_documents", everything)
        patch.setattr(decisions_of_plans, "find_touched", lambda *_: None)
        expected = decided(*branch)

    assert decided(*branch) == expected


def names(documents: Iterable[Document]) -> list[str | None]:
    return [each.name for each in documents]


ACME, BOLT, RATES = partner("acme", team("ops")), partner("bolt"), group("rates")


def test_equal_documents_are_not_changed() -> None:
    edited = partner("acme", team("ops", access=["rates"]))
    found = changed_documents(repository(ACME, partner("bolt"), RATES), repository(edited, BOLT, RATES))

    assert found == Changed((ACME,), (edited,))


def test_with_one_catalog_all_count() -> None:
    cards, labels, rates = catalog("cards"), catalog("labels"), catalog("rates")
    others = [document(f"kind: {kind}", "catalog.yaml") for kind in ("Catalog", "Partner")]

    found = changed_documents(repository(ACME, cards, *others), repository(ACME, labels, rates, *others))

    assert found == Changed((cards, others[0]), (labels, rates, others[0]))


def test_a_chain_of_renames_through_a_shared_document_is_decided_as_a_whole() -> None:
    shared = partner("bolt", metadata={"previously": "acme"})
    made = decisions(
        checked([ACME, shared], [shared, partner("core", metadata={"previously": "bolt"})]), None
    )

    assert made is not None
    assert [(each.action, each.id, each.renamed_from) for each in made.changes if each.renamed_from] == [
        ("update", "partner/bolt", "partner/acme"),
        ("update", "partner/core", "partner/bolt"),
    ]


def test_an_api_that_a_second_catalog_still_has_does_not_change() -> None:
    cards = catalog({"name": "cards", "owner": "payments"})

    assert checked([catalog({"name": "cards", "owner": "payments"}), cards], [cards]).file_changes == ()


def test_only_the_documents_that_the_changed_ones_need_matter() -> None:
    pulled = team("ops", members=SOURCE)
    others = [
        partner("bolt", pulled, access=["rates"]),
        partner("core", access=["gold"]),
        partner("dune", team("dev")),
        group("gold", grants=[{"team": "acme/ops"}, {"partner": "dune"}]),
        group("rates", products=["suite"]),
        group("zinc"),
        product("suite"),
        people({"bolt/ops": {"members": ["cy@bolt.example"]}}),
    ]
    edited = partner("acme", team("ops"), owner="payments"), people({})
    suite = product("suite", apis=["cards"])

    def kept(before: list[Document], after: list[Document]) -> list[list[str | None]]:
        both = repository(ACME, *before), repository(*after)
        touched = find_touched(*both)
        assert touched is not None
        return [names(touched.of(each).documents) for each in both]

    assert kept(others, [ACME, *others]) == [["people"], ["people"]]
    assert kept(others, [edited[0], *others]) == [["acme", "gold", "people"]] * 2
    assert kept(others, [ACME, *others[:-2], suite, others[-1]]) == [["bolt", "rates", "suite", "people"]] * 2
    assert kept(others, [ACME, *others[:-1], edited[1]]) == [["bolt", "rates", "suite", "people"]] * 2
