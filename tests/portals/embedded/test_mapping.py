from typing import Any

import msgspec
import pytest

from reconciler.model.resource import OfferedApi
from reconciler.portals.embedded.mapping import Objects, mapped, offered_apis
from reconciler.portals.embedded.schemas import Api

PARTNER: dict[str, Any] = {
    "id": "par_1",
    "name": "acme",
    "type": "reseller",
    "status": "active",
    "displayName": "Acme",
    "owner": "partnerships",
    "domains": [],
    "agreement": None,
    "blocked": [],
    "managedBy": None,
}
TEAM = {
    "id": "team_1",
    "partnerId": "par_1",
    "name": "x",
    "displayName": "X",
    "delegated": False,
    "managedBy": None,
}
MEMBER = {
    "id": "mem_1",
    "teamId": "team_1",
    "email": "ana@acme.example",
    "role": "admin",
    "until": None,
    "state": "active",
    "invitedAt": None,
}
PRODUCT = {
    "id": "prod_1",
    "name": "suite",
    "displayName": "Suite",
    "description": None,
    "owner": "logistics",
    "visibility": "public",
    "managedBy": None,
}
GROUP = {
    "id": "grp_1",
    "name": "group",
    "displayName": "Group",
    "description": None,
    "owner": "logistics",
    "managedBy": None,
}
API = {"id": "api_1", "name": "rates", "displayName": "Rates", "owner": "logistics", "visibility": "public"}
GRANT = {"id": "grt_1", "groupId": "grp_1", "email": None, "level": "view", "until": None, "reason": None}
WHOLE: dict[str, list[dict[str, Any]]] = {
    "partners": [PARTNER],
    "teams": [TEAM],
    "members": [MEMBER],
    "products": [PRODUCT],
    "productItems": [{"id": "pit_1", "productId": "prod_1", "apiId": "api_1"}],
    "accessGroups": [GROUP],
    "accessItems": [
        {"id": "ait_1", "groupId": "grp_1", "apiId": "api_1", "productId": None},
        {"id": "ait_2", "groupId": "grp_1", "apiId": None, "productId": "prod_1"},
    ],
    "grants": [
        {**GRANT, "teamId": "team_1"},
        {**GRANT, "id": "grt_2", "teamId": None, "email": "sam@indie.example"},
    ],
    "apis": [API],
}


def objects(**lists: list[dict[str, Any]]) -> Objects:
    """Return a whole portal with these lists instead; every object has an entity tag."""
    tagged = {
        name: [{**stored, "etag": '"1"'} for stored in stored_list]
        for name, stored_list in {**WHOLE, **lists}.items()
    }
    return msgspec.convert(tagged, Objects)


def fields_of_partner(**fields: Any) -> dict[str, Any]:
    resources, _ = mapped(objects(partners=[{**PARTNER, **fields}]))
    return resources["partner/acme"].fields


def test_ids_are_made_of_names() -> None:
    resources, native = mapped(objects())

    assert (
        list(resources)
        == list(native)
        == [
            "partner/acme",
            "team/acme/x",
            "membership/acme/x/ana@acme.example",
            "api-product/suite",
            "product-item/suite/rates",
            "access-group/group",
            "access-item/group/api/rates",
            "access-item/group/product/suite",
            "grant/group/team/acme/x",
            "grant/group/developer/sam@indie.example",
        ]
    )


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("partners", {"api-product", "product-item", "access-group", "access-item", "grant"}),
        ("teams", {"partner", "api-product", "product-item", "access-group", "access-item", "grant"}),
        ("products", {"partner", "team", "membership", "access-group", "access-item", "grant"}),
        ("accessGroups", {"partner", "team", "membership", "api-product", "product-item"}),
        ("apis", {"partner", "team", "membership", "api-product", "access-group", "access-item", "grant"}),
    ],
)
def test_what_has_no_parent_is_left_out(missing: str, left: set[str]) -> None:
    found, _ = mapped(objects(**{missing: []}))

    assert {resource.kind for resource in found.values()} == left


def test_addresses_and_domains_have_one_spelling_and_one_order() -> None:
    fields = fields_of_partner(
        domains=["Bücher.example", "ACME.example"], blocked=["Zo@b.example", "AL@b.example"]
    )

    assert (fields["domains"], fields["blocked"]) == (
        ["acme.example", "xn--bcher-kva.example"],
        ["al@b.example", "zo@b.example"],
    )


def test_what_no_file_could_name_stays_as_it_is() -> None:
    fields = fields_of_partner(domains=["\u200b.example"], blocked=["a@\u200b.example"])

    assert (fields["domains"], fields["blocked"]) == (["\u200b.example"], ["a@\u200b.example"])


def test_empty_texts_and_lists_are_no_values() -> None:
    assert fields_of_partner(agreement="") == {
        "type": "reseller",
        "status": "active",
        "displayName": "Acme",
        "owner": "partnerships",
    }


def test_apis_are_found_by_name() -> None:
    api = msgspec.convert({**API, "etag": '"1"'}, Api)

    assert offered_apis([api]) == {"rates": OfferedApi("rates", "public", "logistics", "Rates")}
