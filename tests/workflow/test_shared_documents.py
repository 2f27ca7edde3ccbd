"""What a branch changes and decides is the same, whether documents are shared with the base or read twice."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Document
from reconciler.model.resource import Live
from reconciler.policy import RuleContext, approvals
from reconciler.workflow.differing import Differing, differing_documents
from reconciler.workflow.plan.deciding_documents import deciding_documents
from reconciler.workflow.plan.decisions import decisions
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


def read_again(document: Document) -> Document:
    """Return an equal document that is another object."""
    positions = document.positions
    return Document(document.file, document.kind, document.name, document.data, positions, document.body)


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


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(800)
@given(branches())
def test_decisions_do_not_depend_on_whether_documents_are_shared(
    branch: tuple[list[Document], list[Document]],
) -> None:
    before, after = branch

    assert decided(before, after) == decided([*map(read_again, before)], after)


def names(documents: Iterable[Document]) -> list[str | None]:
    return [each.name for each in documents]


ACME, BOLT, RATES = partner("acme", team("ops")), partner("bolt"), group("rates")


def test_shared_documents_do_not_differ() -> None:
    edited = partner("acme", team("ops", access=["rates"]))
    found = differing_documents(repository(ACME, BOLT, RATES), repository(edited, BOLT, RATES))

    assert found == Differing((ACME,), (edited,))


@pytest.mark.parametrize(
    ("shared", "before", "after"),
    [
        (partner("bolt", metadata={"previously": "acme"}), [ACME], []),
        (partner("bolt", team("ops", previously=["acme/ops"])), [ACME], []),
        (BOLT, [], [partner("core", metadata={"previously": ["old", "bolt"]})]),
        (BOLT, [], [partner("core", team("ops", previously="bolt/ops"))]),
        (
            partner("bolt", team("ops", previously="gone/ops")),
            [],
            [partner("core", metadata={"previously": "gone"})],
        ),
        (BOLT, [partner("bolt")], []),
        (RATES, [], [group("gold", metadata={"previously": "rates"})]),
        (catalog("cards"), [catalog("labels")], []),
        (BOLT, [ACME], [partner("core", metadata={"previously": "acme"})]),
    ],
)
def test_names_in_several_documents_make_all_documents_count(
    shared: Document, before: list[Document], after: list[Document]
) -> None:
    base, head = repository(*before, shared, product()), repository(*after, shared, product())

    assert differing_documents(base, head) == Differing(base.documents, head.documents)


@pytest.mark.parametrize(
    ("shared", "before", "after"),
    [
        (group("acme"), [], [ACME]),
        (partner("bolt", team("ops", previously="dev")), [], [partner("core", team("dev"))]),
        (
            partner("bolt", metadata={"previously": "old"}),
            [ACME],
            [partner("acme", metadata={"previously": "a"})],
        ),
        (RATES, [], [document("kind: Partner")]),
        (RATES, [catalog("cards")], [catalog("labels")]),
    ],
)
def test_other_names_connect_no_documents(
    shared: Document, before: list[Document], after: list[Document]
) -> None:
    assert differing_documents(repository(*before, shared), repository(*after, shared)) == Differing(
        tuple(before), tuple(after)
    )


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


def test_decisions_reach_only_what_the_differing_documents_name() -> None:
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
        both = deciding_documents(repository(ACME, *before), repository(*after))
        return [names(each.documents) for each in both]

    assert kept(others, [ACME, *others]) == [["people"], ["people"]]
    assert kept(others, [edited[0], *others]) == [["acme", "dune", "gold", "people"]] * 2
    assert kept(others, [ACME, *others[:-2], suite, others[-1]]) == [["rates", "suite", "people"]] * 2
    assert kept(others, [ACME, *others[:-1], edited[1]]) == [["bolt", "people"]] * 2
