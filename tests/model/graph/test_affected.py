"""Whom changes can touch: everybody else is never looked at."""

from reconciler.model.graph.affected import Affected, find_affected
from reconciler.model.graph.edges import gather
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from tests.access.worlds import create, delete, edge, granted, holds, member, product, update

ANA, BO, SAM = "ana@acme.example", "bo@acme.example", "sam@indie.example"
ACME = edge("partner/acme", status="active", blocked=[ANA, SAM])
WORLD = (
    ACME,
    member("acme/web", ANA),
    member("bolt/web", BO),
    granted("tracking", "acme/web"),
    granted("rates", "acme/mobile"),
    granted("rates", "bolt/web"),
    granted("rates", SAM),
    *holds("tracking", "track"),
    *holds("rates", "product/suite"),
    *product("suite", "labels"),
)


def touches(*changes: Change, world: tuple[Resource, ...] = WORLD) -> tuple[set[str], set[str]]:
    before = gather(world)
    found: Affected = find_affected(before, before.changed(changes), changes)
    return set(found.holders), set(found.people)


def test_a_membership_touches_its_person_and_a_grant_its_holder() -> None:
    assert touches(
        delete(member("acme/web", ANA)), create(granted("rates", BO)), delete(granted("rates", "bolt/web"))
    ) == ({f"developer/{BO}", "team/bolt/web"}, {ANA})


def test_an_item_touches_all_who_have_the_group_before_or_after() -> None:
    assert touches(
        create(edge("access-item/tracking/api/labels")), create(granted("tracking", "bolt/web"))
    ) == ({"team/acme/web", "team/bolt/web"}, set())


def test_an_api_of_a_product_touches_all_who_have_a_group_with_it_before_or_after() -> None:
    assert touches(
        delete(edge("product-item/suite/labels")), create(edge("access-item/tracking/product/suite"))
    ) == (
        {"team/acme/web", "team/acme/mobile", "team/bolt/web", f"developer/{SAM}"},
        set(),
    )


def test_a_partner_touches_its_teams_by_its_status_and_people_by_being_blocked() -> None:
    assert (
        touches(update(ACME, status="suspended")),
        touches(update(ACME, blocked=[SAM, BO])),
        touches(update(ACME, displayName="Acme")),
    ) == (({"team/acme/web", "team/acme/mobile"}, set()), (set(), {ANA, BO}), (set(), set()))


def test_edges_on_no_path_affect_nobody() -> None:
    assert touches(
        create(edge("team/acme/new")), create(edge("access-group/new")), create(edge("api-product/new"))
    ) == (set(), set())
