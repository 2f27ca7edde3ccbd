"""Ids are translated between the files and a portal, so that no two objects ever share an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.ids import encoded
from reconciler.model.portal_names import ExternalName, PortalNames, names_for

NAMES = {
    "partner/acme": "ACME Logistics",
    "team/acme/ops": "Ops/24",
    "access-group/gold": "Gold Tier",
    "api-product/suite": "Suite",
}
PAIRS = [
    ("partner/acme", "partner/ACME Logistics"),
    ("team/acme/ops", "team/ACME Logistics/Ops%2F24"),
    ("team/acme/web", "team/ACME Logistics/web"),
    ("membership/acme/ops/ana@acme.example", "membership/ACME Logistics/Ops%2F24/ana@acme.example"),
    ("grant/gold/team/acme/ops", "grant/Gold Tier/team/ACME Logistics/Ops%2F24"),
    ("grant/gold/developer/gold", "grant/Gold Tier/developer/gold"),
    ("access-item/gold/product/suite", "access-item/Gold Tier/product/Suite"),
    ("access-item/gold/api/suite", "access-item/Gold Tier/api/suite"),
    ("product-item/suite/gold", "product-item/Suite/gold"),
    ("team/bolt/ops", "team/bolt/ops"),
    # Objects in the portal that have the names of others in the files.
    ("partner/=acme", "partner/acme"),
    ("team/=acme/ops", "team/acme/ops"),
    ("team/acme/=ops", "team/ACME Logistics/ops"),
    ("partner/==acme", "partner/=acme"),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_an_id_is_translated_in_both_directions(ours: str, theirs: str) -> None:
    names = PortalNames(NAMES)

    assert (names.theirs(ours), names.ours(theirs)) == (theirs, ours)


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["a", "b", "c", "=a", "A"])), st.text()
)
def test_every_name_in_a_portal_has_an_id_of_its_own(external: dict[str, str], other: str) -> None:
    if len({*external.values()}) < len(external):
        return
    names = PortalNames({f"partner/{name}": each for name, each in external.items()})
    there = [f"partner/{encoded(each)}" for each in {"a", "b", "c", "=a", "==a", "A", other}]

    assert [names.theirs(names.ours(each)) for each in there] == there


def test_a_portal_that_ignores_case_finds_names_in_any_case() -> None:
    names = PortalNames(NAMES, ignore_case=True)

    assert (names.ours("team/acme logistics/ops%2F24"), names.theirs("team/acme/ops")) == (
        "team/acme/ops",
        "team/ACME Logistics/Ops%2F24",
    )


def test_names_are_those_of_one_portal_and_only_where_they_differ() -> None:
    external: dict[str, ExternalName] = {
        "partner/acme": "ACME",
        "partner/bolt": {"shop": "BOLT", "lab": "bolt"},
        "partner/cargo": "cargo",
    }

    assert (names_for("shop", external), names_for("lab", external)) == (
        {"partner/acme": "ACME", "partner/bolt": "BOLT"},
        {"partner/acme": "ACME"},
    )
