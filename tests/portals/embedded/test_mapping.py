from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model.ids import encoded
from reconciler.model.resource import Fields, OfferedApi
from reconciler.portals.embedded.mapping import mapped, offered_apis
from reconciler.portals.embedded.schemas import KINDS, person
from tests.builders import group, partner, team
from tests.states import wanted

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
    "partner": [PARTNER],
    "team": [TEAM],
    "membership": [MEMBER],
    "api-product": [PRODUCT],
    "product-item": [{"id": "pit_1", "productId": "prod_1", "apiId": "api_1"}],
    "access-group": [GROUP],
    "access-item": [
        {"id": "ait_1", "groupId": "grp_1", "apiId": "api_1", "productId": None},
        {"id": "ait_2", "groupId": "grp_1", "apiId": None, "productId": "prod_1"},
    ],
    "grant": [
        {**GRANT, "teamId": "team_1"},
        {**GRANT, "id": "grt_2", "teamId": None, "email": "sam@indie.example"},
    ],
    "api": [API],
}
TEXTS = st.text() | st.text("aZé/%25\n\x7f ", max_size=4) | st.just("Zo@Bücher.example")


def objects(changed: Mapping[str, list[dict[str, Any]]] = MappingProxyType({})) -> dict[str, list[Any]]:
    """Return a whole portal with these lists instead; every object has an entity tag."""
    return {
        kind: [
            KINDS[kind].one.decode(msgspec.json.encode({**stored, "etag": '"1"'})) for stored in stored_list
        ]
        for kind, stored_list in {**WHOLE, **changed}.items()
    }


def fields_of_partner(**fields: Any) -> Fields:
    resources, _ = mapped(objects({"partner": [{**PARTNER, **fields}]}))
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
    ("email", "name"),
    [
        ("ana@acme.example", "ana@acme.example"),
        ("Ana@ACME.example", "ana@acme.example"),
        ("é@Bücher.example", "é@xn--bcher-kva.example"),
        ("a@\u200b.example", "a@\u200b.example"),
        ("", "%"),
        ("%", "%25"),
        ("100%25", "100%2525"),
        ("a/b", "a%2Fb"),
        ("a\nb", "a%0Ab"),
        ("a\x7f", "a%7F"),
    ],
)
def test_an_address_has_one_form_in_ids_among_those_that_have_it(email: str, name: str) -> None:
    found, _ = mapped(objects({"membership": [MEMBER, {**MEMBER, "id": "mem_2", "email": email}]}))

    memberships = {"membership/acme/x/ana@acme.example", f"membership/acme/x/{name}"}
    assert {each for each in found if each.startswith("membership/")} == memberships


@given(st.lists(TEXTS))
@example(["%", "2F"])
@example(["a%2", "5"])
@example(["plain", "", "texts"])
def test_names_and_addresses_are_the_same_in_ids_alone_and_among_others(texts: list[str]) -> None:
    members = [{**MEMBER, "id": f"mem_{number}", "email": text} for number, text in enumerate(texts)]
    teams = [{**TEAM, "id": f"team_{number}", "name": text} for number, text in enumerate(texts)]

    of_members, _ = mapped(objects({"membership": members}))
    of_teams, _ = mapped(objects({"team": teams}))

    people = {f"membership/acme/x/{encoded(person(text))}" for text in texts}
    assert {each for each in of_members if each.startswith("membership/")} == people
    assert {each for each in of_teams if each.startswith("team/")} == {
        f"team/acme/{encoded(text)}" for text in texts
    }


def test_every_address_of_a_large_list_has_one_form_in_ids() -> None:
    odd = {999: "Bo@acme.example", 1_000: "%", 2_100: "Cy@acme.example"}
    emails = [odd.get(number, f"p{number}@acme.example") for number in range(2_101)]

    found, _ = mapped(objects({"membership": [{**MEMBER, "email": email} for email in emails]}))

    names = [*emails[:999], "bo@acme.example", "%25", *emails[1_001:2_100], "cy@acme.example"]
    assert [each for each in found if each.startswith("membership/")] == [
        f"membership/acme/x/{name}" for name in names
    ]


def test_objects_are_found_by_the_ids_of_their_resources_and_the_last_of_an_id_counts() -> None:
    members = [
        MEMBER,
        {**MEMBER, "id": "mem_2", "role": "member"},
        {**MEMBER, "id": "mem_3", "teamId": "gone"},
    ]

    found, native = mapped(objects({"membership": members}))

    twice = "membership/acme/x/ana@acme.example"
    assert (found[twice].fields, native[twice].id) == ({"role": "member"}, "mem_2")
    assert (len(native), native.keys()) == (10, found.keys())


def test_relations_have_the_same_fields_object_as_in_the_files_in_one_order() -> None:
    access = {"group": "group", "level": "view", "until": "2031-12-31", "reason": "pilot"}
    files = wanted(partner("acme", team("x", members=[]), access=[access]), group("group")).resources
    ends = {"until": "2031-12-31", "reason": "pilot"}

    found, _ = mapped(objects({"grant": [{**GRANT, "teamId": "team_1", **ends}]}))

    admin, grant = "membership/acme/x/ana@acme.example", "grant/group/team/acme/x"
    assert (found[admin].fields, list(found[grant].fields.items())) == (
        {"role": "admin"},
        [("level", "view"), ("reason", "pilot"), ("until", "2031-12-31")],
    )
    assert (found[admin].fields is files[admin].fields, found[grant].fields is files[grant].fields) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("partner", {"api-product", "product-item", "access-group", "access-item", "grant"}),
        ("team", {"partner", "api-product", "product-item", "access-group", "access-item", "grant"}),
        ("api-product", {"partner", "team", "membership", "access-group", "access-item", "grant"}),
        ("access-group", {"partner", "team", "membership", "api-product", "product-item"}),
        ("api", {"partner", "team", "membership", "api-product", "access-group", "access-item", "grant"}),
    ],
)
def test_what_has_no_parent_is_left_out(missing: str, left: set[str]) -> None:
    found, _ = mapped(objects({missing: []}))

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
    assert offered_apis(objects()["api"]) == {"rates": OfferedApi("rates", "public", "logistics", "Rates")}
