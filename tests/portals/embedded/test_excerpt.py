from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import PortalError
from reconciler.model.portal import CountedPortal, Portal, Totals
from reconciler.model.snapshot import Excerpt, Selection, Snapshot
from tests.portals.embedded.running import ACME, ONE_OF_EACH, Running, create, running

OTHER = (
    create("partner/bolt"),
    create("team/bolt/web"),
    create("membership/bolt/web/ana@acme.example"),
    create("membership/bolt/web/zoe@bolt.example"),
)
OBJECTS = frozenset({"partner/acme", "team/acme/integration", "access-group/logistics", "api-product/none"})


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        yield portal


def excerpt(here: Running, **wanted: frozenset[str]) -> tuple[Snapshot, int]:
    """What the adapter reads of this excerpt, and with how many requests."""

    async def read(portal: Portal) -> tuple[Snapshot, int]:
        selection = Selection(owner_label="our-company", objects=Excerpt(**wanted))
        return await portal.read(selection, lambda *_: None), portal.traffic.requests

    return here.with_portal(read)


def totals(here: Running, *external: str, day: str | None = None) -> Totals:
    async def count(portal: Portal) -> Totals:
        assert isinstance(portal, CountedPortal)
        return await portal.totals("our-company", external, day)

    return here.with_portal(count)


def test_an_excerpt_takes_three_requests_and_has_no_more_than_is_needed(here: Running) -> None:
    whole = here.write(*ONE_OF_EACH, *OTHER)

    found, requests = excerpt(here, objects=OBJECTS)

    left_out = {"membership/bolt/web/zoe@bolt.example"}
    assert (found.excerpt, found.problem, requests) == (True, "", 3)
    assert found.resources == {each: held for each, held in whole.resources.items() if each not in left_out}
    assert found.native.keys() == found.resources.keys()
    assert (found.portal_id, found.apis) == (whole.portal_id, whole.apis)
    assert found.proof == (
        "the token sees everything, the portal read the excerpt at once, each object has its parents"
    )


def test_contents_and_people_bring_nobody_else(here: Running) -> None:
    here.write(*ONE_OF_EACH, *OTHER)

    found, _ = excerpt(
        here, contents=frozenset({"access-group/logistics"}), people=frozenset({"zoe@bolt.example"})
    )

    assert sorted(found.resources) == [
        "access-group/logistics",
        "access-item/logistics/api/tracking-v2",
        "access-item/logistics/product/shipping-suite",
        "api-product/shipping-suite",
        "membership/bolt/web/zoe@bolt.example",
        "partner/bolt",
        "product-item/shipping-suite/rates-v1",
        "team/bolt/web",
    ]


@pytest.mark.parametrize("status", [404, 405, 413, 422])
def test_a_portal_that_gives_no_excerpt_is_read_as_a_whole(here: Running, status: int) -> None:
    whole = here.write(ACME)
    here.answer_instead("/excerpt", status, {"status": status, "detail": "no"})

    found, requests = excerpt(here, objects=OBJECTS)

    assert (found.excerpt, found.resources, found.problem) == (False, whole.resources, "")
    assert requests == 12


@pytest.mark.parametrize("status", [403, 500])
def test_any_other_refusal_ends_the_read(here: Running, status: int) -> None:
    here.answer_instead("/excerpt", status, {"status": status, "detail": "no"})

    with pytest.raises(PortalError, match=str(status)):
        excerpt(here, objects=OBJECTS)


def test_an_excerpt_with_an_object_without_its_parent_is_incomplete(here: Running) -> None:
    names = ("partners", "teams", "members", "products", "productItems", "accessGroups", "accessItems")
    empty: dict[str, list[Any]] = {name: [] for name in (*names, "grants", "apis")}
    item = {"id": "pit_1", "etag": '"1"', "productId": "prod_1", "apiId": "api_1"}
    here.answer_instead("/excerpt", 200, {**empty, "productItems": [item]})

    found, _ = excerpt(here, objects=OBJECTS)

    assert (found.excerpt, found.resources, found.proof) == (True, {}, "")
    assert found.problem == (
        "the portal changed while it was read: objects without a parent, or listed twice: 1"
    )


def test_totals_leave_out_kinds_without_objects(here: Running) -> None:
    here.write(*ONE_OF_EACH[:6])

    managed = {"partner": 1, "team": 1, "membership": 1}
    managed |= {"api-product": 1, "product-item": 1, "access-group": 1}
    assert totals(here) == Totals(managed)
    assert totals(here, "acme", day="2026-11-24") == Totals(managed, 0)


def test_totals_of_a_portal_that_cannot_count_fail(here: Running) -> None:
    here.answer_instead("/totals", 404, {"status": 404, "detail": "This path does not exist."})

    with pytest.raises(PortalError, match="404"):
        totals(here)
