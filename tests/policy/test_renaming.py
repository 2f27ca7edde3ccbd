import msgspec

from reconciler.model.document import Document
from reconciler.policy.similarity import likely_renames
from tests.builders import group, partner, product, team
from tests.policy.planning import found, world
from tests.states import holding


def renames(before: list[Document], *after: Document) -> dict[str, str]:
    return likely_renames(world(holding(*before), *after).changes or ())


def test_a_team_with_the_same_admins_and_access_is_the_old_one() -> None:
    before = [partner("acme", team(), team("web", "cy@acme.example", access=["gold"])), group("gold")]
    after = [partner("acme", team(), team("storefront", "cy@acme.example", access=["gold"])), group("gold")]

    assert renames(before, *after) == {"team/acme/web": "team/acme/storefront"}


def test_a_team_with_other_people_and_another_name_is_another_team() -> None:
    before = partner("acme", team(), team("web", "cy@acme.example"))

    assert renames([before], partner("acme", team(), team("billing", "dan@acme.example"))) == {}


def test_a_group_with_the_same_apis_is_the_old_one() -> None:
    assert renames([group("gold", apis=["a", "b"])], group("premium", apis=["a", "b"])) == {
        "access-group/gold": "access-group/premium"
    }


def test_a_product_and_a_partner_are_known_by_what_they_hold() -> None:
    before = [product("ship", apis=["a", "b"]), partner("acme", team(), domains=["acme.example"])]
    after = [product("parcel", apis=["a", "b"]), partner("acme-gmbh", team(), domains=["acme.example"])]

    assert renames(before, *after) == {
        "api-product/ship": "api-product/parcel",
        "partner/acme": "partner/acme-gmbh",
        "team/acme/integration": "team/acme-gmbh/integration",
    }


def test_what_ended_was_not_renamed() -> None:
    before = partner("acme", team(), team("web", "cy@acme.example"))
    after = partner(
        "acme", team(), team("web", "cy@acme.example", status="ended"), team("shop", "cy@acme.example")
    )

    assert renames([before], after) == {}


def test_the_warning_is_at_the_new_one_and_says_what_to_write() -> None:
    before = group("gold", apis=["a", "b"])

    assert found("likely-rename", world(holding(before), group("premium", apis=["a", "b"]))) == [
        ("warning", 'access group "premium" would be created and the similar "gold" deleted')
    ]


def test_a_declared_rename_that_is_refused_is_not_asked_for_again() -> None:
    before = [partner("acme", team("ops", "cy@acme.example"), status="suspended"), partner("bolt", team())]
    after = [
        partner("acme", team("web", "ana@acme.example"), status="suspended"),
        partner("bolt", team(), team("ops", "cy@acme.example", previously="acme/ops")),
    ]

    assert found("likely-rename", world(holding(*before), *after)) == []


def test_an_object_with_the_name_of_another_in_the_portal_was_not_renamed() -> None:
    before = [*holding(group("gold", apis=["a", "b"]))]
    shadowed = [msgspec.structs.replace(each, id=each.id.replace("/gold", "/=gold", 1)) for each in before]

    assert likely_renames(world(shadowed, group("gold", apis=["a", "b"])).changes or ()) == {}
