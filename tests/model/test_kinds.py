import pytest

from reconciler.model.kinds import has_owner_label, parents, partner_of, renamed

NAMES = {
    "partner/acme": "partner/globex",
    "team/acme/x": "team/globex/y",
    "access-group/old": "access-group/new",
    "api-product/suite": "api-product/parcels",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("partner/acme", "partner/globex"),
        ("partner/bolt", "partner/bolt"),
        ("team/acme/x", "team/globex/y"),
        ("team/acme/z", "team/globex/z"),
        ("membership/acme/x/ana@acme.example", "membership/globex/y/ana@acme.example"),
        ("membership/acme/x/a%2Fb@acme.example", "membership/globex/y/a%2Fb@acme.example"),
        ("product-item/suite/rates-v1", "product-item/parcels/rates-v1"),
        ("access-item/old/api/rates-v1", "access-item/new/api/rates-v1"),
        ("access-item/old/product/suite", "access-item/new/product/parcels"),
        ("grant/old/team/acme/x", "grant/new/team/globex/y"),
        ("grant/old/developer/sam@indie.example", "grant/new/developer/sam@indie.example"),
        ("grant/old/developer/s%2Fm@indie.example", "grant/new/developer/s%2Fm@indie.example"),
    ],
)
def test_an_id_after_renames_has_the_new_names_of_its_parents(before: str, after: str) -> None:
    assert renamed(before, NAMES) == after


@pytest.mark.parametrize(
    ("resource_id", "found", "partner"),
    [
        ("partner/acme", (), "acme"),
        ("team/acme/x", ("partner/acme",), "acme"),
        ("membership/acme/x/a%2Fb@acme.example", ("team/acme/x",), "acme"),
        ("access-group/new", (), None),
        ("access-item/new/api/rates-v1", ("access-group/new",), None),
        ("access-item/new/product/suite", ("access-group/new", "api-product/suite"), None),
        ("grant/new/team/acme/x", ("access-group/new", "team/acme/x"), "acme"),
        ("grant/new/developer/s%2Fm@indie.example", ("access-group/new",), None),
    ],
)
def test_an_id_names_its_parents_and_its_partner(
    resource_id: str, found: tuple[str, ...], partner: str | None
) -> None:
    assert (parents(resource_id), partner_of(resource_id)) == (found, partner)


def test_an_id_of_no_known_form_has_the_parents_of_the_first_form() -> None:
    assert parents("access-item/tracking/other/tracking-v2") == ("access-group/tracking",)


@pytest.mark.parametrize(
    ("each", "labelled"),
    [
        ("partner/acme", True),
        ("team/acme/ops", True),
        ("membership/acme/ops/ana@acme.example", False),
        ("api-grant/tracking-v2/team/acme/ops", False),
        ("api-grant/tracking-v2/developer/sam@indie.example", True),
        ("unknown/thing", True),
    ],
)
def test_an_object_has_an_owner_label_by_its_kind_or_because_it_has_no_parent(
    each: str,
    labelled: bool,  # noqa: FBT001  an example
) -> None:
    assert has_owner_label(each) is labelled
