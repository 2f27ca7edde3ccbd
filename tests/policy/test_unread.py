"""Beside documents that could not be read, nothing is advised that what is in them may prove wrong."""

import pytest

from reconciler.model.document import Document, KindName
from reconciler.model.resource import Live, OfferedApi
from tests.builders import catalog, document, group, partner, product, team
from tests.policy.judging import judged

ADVICE: list[tuple[str, KindName, list[Document]]] = [
    ("unused-group", "Partner", [group("tracking")]),
    ("unused-offer", "Partner", [group("tracking"), partner("acme", access=["tracking"], type="external")]),
    (
        "redundant-grant",
        "ApiProduct",
        [
            group("small", apis=["t"]),
            group("wide", apis=["t"], products=["suite"]),
            partner("acme", team(), access=["small", "wide"]),
        ],
    ),
    (
        "redundant-grant",
        "AccessGroup",
        [
            group("small", apis=["t"]),
            group("wide", apis=["t"]),
            partner("acme", team(), access=["small", "wide"]),
        ],
    ),
    ("catalog-stale", "Catalog", [catalog("t")]),
    ("unknown-reference", "Partner", [group(grants=[{"partner": "gone"}])]),
    ("unknown-reference", "ApiProduct", [group(products=["gone"])]),
    ("unknown-reference", "AccessGroup", [partner("acme", team(), access=["gone"])]),
    ("unknown-reference", "Catalog", [catalog("t"), product(apis=["gone"])]),
]
LIVE = Live("portal", {}, {each: OfferedApi(each, "restricted") for each in "tu"})


@pytest.mark.parametrize(("rule", "kind", "documents"), ADVICE)
def test_there_is_advice_where_everything_was_read(
    rule: str, kind: KindName, documents: list[Document]
) -> None:
    assert kind
    assert len(judged(rule, *documents, live=LIVE)) == 1


@pytest.mark.parametrize(("rule", "kind", "documents"), ADVICE)
def test_there_is_none_where_a_file_of_the_kind_could_not_be_read(
    rule: str, kind: KindName, documents: list[Document]
) -> None:
    assert judged(rule, *documents, live=LIVE, unreadable=frozenset({kind})) == []


@pytest.mark.parametrize(("rule", "kind", "documents"), ADVICE[:5])
@pytest.mark.parametrize("broken", ["{kind: %s, metadata: {name: x}, spec: 5}", "{kind: %sx}"])
def test_there_is_none_beside_a_document_that_does_not_fit_its_schema(
    rule: str, kind: KindName, documents: list[Document], broken: str
) -> None:
    assert judged(rule, *documents, document(broken % kind), live=LIVE) == []
