from typing import Any

from reconciler.model.document import Document
from tests.builders import configuration, group, partner, product, team
from tests.policy.judging import judged

PORTALS = {
    "shop": {"type": "embedded", "database": "shop.db"},
    "lab": {"type": "embedded", "database": "lab.db"},
}
ONLY_SHOP = {"portals": ["shop"]}


def found(*documents: Document) -> list[tuple[str, str, str]]:
    return judged("unknown-reference", *documents, configured=configuration(portals=PORTALS))


def test_a_partner_cannot_use_a_group_that_one_of_its_portals_does_not_have() -> None:
    files = group("tracking", metadata=ONLY_SHOP), partner("acme", team(), access=["tracking"])

    assert found(*files) == [
        (
            "partners/acme.yaml:11:5",
            'access group "tracking" does not exist in the portal "lab" (access-groups/tracking.yaml:6:3)',
            "limit this document as well, with `portals: [shop]` in metadata",
        )
    ]


def test_a_document_for_the_same_or_fewer_portals_can_refer_to_it() -> None:
    asks: dict[str, Any] = {"access": ["tracking"]}
    both = {"portals": ["lab", "shop"]}

    assert (
        found(group("tracking", metadata=ONLY_SHOP), partner("acme", team(), metadata=ONLY_SHOP, **asks)),
        found(group("tracking", metadata=both), partner("acme", team(), metadata=ONLY_SHOP, **asks)),
        found(group("tracking", metadata=both), partner("acme", team(), **asks)),
        found(group("tracking"), partner("acme", team(), metadata=ONLY_SHOP, **asks)),
    ) == ([], [], [], [])


def test_a_group_needs_its_products_and_the_holders_of_its_grants_in_all_its_portals() -> None:
    files = (
        product("suite", metadata=ONLY_SHOP),
        partner("acme", team("ops"), metadata=ONLY_SHOP),
        group("tracking", products=["suite"], grants=[{"team": "acme/ops"}, {"partner": "acme"}]),
    )

    assert [(place, message) for place, message, _ in found(*files)] == [
        (
            "access-groups/tracking.yaml:11:5",
            'API product "suite" does not exist in the portal "lab" (access-groups/suite.yaml:6:3)',
        ),
        (
            "access-groups/tracking.yaml:13:11",
            'partner "acme" does not exist in the portal "lab" (partners/acme.yaml:6:3)',
        ),
        (
            "access-groups/tracking.yaml:14:14",
            'partner "acme" does not exist in the portal "lab" (partners/acme.yaml:6:3)',
        ),
    ]


def test_an_offer_can_name_a_partner_of_other_portals() -> None:
    offers = [{"partner": "acme"}]

    assert found(partner("acme", team(), metadata=ONLY_SHOP), group("tracking", offers=offers)) == []


def test_a_grant_to_a_partner_of_other_portals_can_be_an_offer_instead() -> None:
    files = partner("acme", team(), metadata=ONLY_SHOP), group("tracking", grants=[{"partner": "acme"}])
    [(_, _, hint)] = found(*files)

    assert hint == (
        "limit this document as well, with `portals: [shop]` in metadata; or offer the group to the partner,"
        " and grant access in the partner's file"
    )


def test_a_document_that_violates_its_schema_is_checked_as_well() -> None:
    files = group("tracking", metadata=ONLY_SHOP), partner("acme", team(), access=["tracking"], typo=1)

    assert [place for place, _, _ in found(*files)] == ["partners/acme.yaml:11:5"]
