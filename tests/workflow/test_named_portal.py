from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.portal import CountedPortal, Portal, Totals
from reconciler.model.snapshot import Excerpt, Selection
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.named_portal import with_names
from tests.portals.embedded.running import ONE_OF_EACH, Running, create, running
from tests.testing.shelf import Shelf

NAMES = {
    "partner/ours": "acme",
    "team/ours/web": "integration",
    "access-group/gold": "logistics",
    "api-product/bundle": "shipping-suite",
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        yield portal


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (
            Excerpt(objects=frozenset({"team/ours/web"})),
            {
                "partner/ours",
                "team/ours/web",
                "membership/ours/web/ana@acme.example",
                "grant/gold/team/ours/web",
                "access-group/gold",
                "access-item/gold/api/tracking-v2",
                "access-item/gold/product/bundle",
                "api-product/bundle",
                "product-item/bundle/rates-v1",
            },
        ),
        (
            Excerpt(contents=frozenset({"api-product/bundle"})),
            {"api-product/bundle", "product-item/bundle/rates-v1"},
        ),
        # The names that the portal uses are those of no object in the files.
        (Excerpt(objects=frozenset({"partner/integration"})), set()),
    ],
)
def test_an_excerpt_is_read_and_returned_with_the_names_of_the_files(
    here: Running, wanted: Excerpt, found: set[str]
) -> None:
    here.write(*ONE_OF_EACH)

    async def read(portal: Portal) -> set[str]:
        named = with_names(portal, NAMES)
        selection = Selection(owner_label="our-company", objects=wanted)
        snapshot = await named.read(selection, lambda *_: None)
        assert snapshot.native.keys() == snapshot.resources.keys()
        return set(snapshot.resources)

    assert here.with_portal(read) == found


def test_totals_know_the_portals_names_of_external_partners(here: Running) -> None:
    here.write(*ONE_OF_EACH[:3], owner_label="another-company")
    here.write(ONE_OF_EACH[5], create("grant/logistics/team/acme/integration"))

    async def totals(portal: Portal) -> list[Totals]:
        named = with_names(portal, NAMES)
        assert isinstance(named, CountedPortal)
        return [await named.totals("our-company", {name}, "2026-11-24") for name in ("ours", "acme")]

    assert here.with_portal(totals) == [
        Totals({"access-group": 1, "grant": 1}, 0),
        Totals({"access-group": 1}, 0),
    ]


def test_a_portal_that_does_not_count_does_not_with_other_names_either(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf.json", CAPABILITIES, ("tracking",))

    assert isinstance(with_names(shelf, NAMES), CountedPortal) is False
    assert with_names(shelf, {}) is shelf
