"""A group's owner who bundles a restricted API of another owner, and grants it to a stranger.

The owner `logistics` acts. The API `cards` belongs to payments, who must be asked by every way.
"""

from typing import Any

import msgspec
import pytest

from reconciler.model.document import Document
from reconciler.model.resource import OfferedApi
from tests.builders import OWNERS, catalog, configuration, group, partner, product, team
from tests.states import holding, live
from tests.workflow.deciding import owners, planned

STRANGER = [{"developer": "mallory@stranger.example"}]
APIS = catalog("labels", {"name": "cards", "owner": "payments"})
MINE = group(apis=["labels"])
GIVEN = group(apis=["labels", "cards"], grants=STRANGER)
BUNDLE = product("suite", apis=["cards"])


def bundling(*permitted: str, owner: str = "payments") -> Document:
    return catalog("labels", {"name": "cards", "owner": owner, "bundledBy": list(permitted)})


def with_approver(**spec: Any) -> Document:
    named = {**OWNERS["payments"], "approvers": {"github": ["mallory"]}}
    return configuration(owners={**OWNERS, "payments": named}, **spec)


WAYS: dict[str, tuple[list[Document], list[Document]]] = {
    "directly": ([APIS, MINE], [APIS, GIVEN]),
    "in a new group": ([APIS], [APIS, group("new", apis=["cards"], grants=STRANGER)]),
    "in a product": ([APIS, MINE], [APIS, BUNDLE, group(products=["suite"], grants=STRANGER)]),
    "in a product that the group has": (
        [APIS, product("suite"), group(products=["suite"], grants=STRANGER)],
        [APIS, BUNDLE, group(products=["suite"], grants=STRANGER)],
    ),
    "in the product of its owner": (
        [APIS, product("suite", apis=["cards"], owner="payments"), MINE],
        [APIS, product("suite", apis=["cards"], owner="payments"), group(products=["suite"])],
    ),
    "by permitting itself": ([APIS, MINE], [bundling("logistics"), GIVEN]),
    "by owning the API": ([APIS, MINE], [bundling(owner="logistics"), GIVEN]),
    "by a catalog without it": ([APIS, MINE], [catalog("labels"), GIVEN]),
    "without a catalog": ([APIS, MINE], [GIVEN]),
    "by another owner of the group": (
        [APIS, group(apis=["labels"], owner="payments")],
        [APIS, GIVEN],
    ),
    "in a group that another can bundle": (
        [bundling("partnerships"), group(apis=["labels", "cards"], owner="partnerships")],
        [bundling("partnerships"), GIVEN],
    ),
    "by the name of another group": (
        [APIS, group("silver", apis=["labels"])],
        [APIS, group(apis=["labels", "cards"], grants=STRANGER, metadata={"previously": "silver"})],
    ),
    "by the name of another product": (
        [
            APIS,
            product("mine"),
            product("theirs", apis=["cards"], owner="payments"),
            group(products=["mine"]),
        ],
        [
            APIS,
            product("mine", apis=["cards"], metadata={"previously": "theirs"}),
            group(products=["mine"], grants=STRANGER),
        ],
    ),
    "in another portal": (
        [APIS, group(apis=["labels", "cards"], metadata={"portals": ["test"]})],
        [APIS, group(apis=["labels", "cards"], metadata={"portals": ["local", "test"]})],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_of_a_bundled_api_is_asked(way: str) -> None:
    portals = {each: {"type": "embedded", "database": f"{each}.db"} for each in ("local", "test")}
    configured = configuration(portals=portals)
    before, after = WAYS[way]
    # It does not matter whether the portal has it already.
    for held in (before, after):
        documents = [each for each in held if each.kind != "Catalog"]
        assert "payments" in owners(planned([configured, *before], [configured, *after], documents))


def test_a_file_of_another_name_is_the_same_document() -> None:
    moved = group(apis=["labels"])
    moved.file = "access-groups/others.yaml"
    made, other = planned([APIS, MINE], [APIS, moved]), planned([APIS, MINE], [APIS, MINE])

    assert (made.approvals, made.decision_digest) == ((), other.decision_digest)


@pytest.mark.parametrize(
    "mine", [catalog("labels", {"name": "cards", "owner": "logistics"}), bundling("logistics")]
)
def test_a_new_api_belongs_to_whom_the_portal_names(mine: Document) -> None:
    offered = {"cards": OfferedApi("cards", "restricted", "payments")}
    held = msgspec.structs.replace(live(holding(MINE)), apis=offered)

    assert "payments" in owners(planned([catalog("labels"), MINE], [mine, GIVEN], held))


def test_an_api_that_leaves_the_catalog_is_decided_by_its_owner() -> None:
    assert owners(planned([APIS, MINE], [catalog("labels"), MINE])) == {"payments"}


def test_a_branch_changes_neither_approvers_nor_the_mode_of_its_own_approvals() -> None:
    base = configuration(
        owners={**OWNERS, "payments": {**OWNERS["payments"], "approvers": {"github": ["pat"]}}}
    )
    made = planned([base, APIS, MINE], [with_approver(approvals="off"), APIS, GIVEN])

    assert (made.approvers["payments"], made.approval_mode) == ({"github": ("pat",)}, None)
    assert owners(made) == {"logistics", "partnerships", "payments"}


def test_a_permitted_owner_still_asks_for_a_grant_of_the_group() -> None:
    made = planned([bundling("logistics"), MINE], [bundling("logistics"), GIVEN])

    assert owners(made) == {"logistics"}


def test_a_permission_is_given_and_changed_by_the_owner_of_the_api() -> None:
    for before, after in (
        (APIS, bundling("logistics")),
        (bundling("logistics"), bundling("logistics", "partnerships")),
    ):
        assert "payments" in owners(planned([before], [after]))
        assert "payments" in owners(planned([after], [before]))
    assert owners(planned([catalog("labels")], [bundling("logistics")])) == {"partnerships", "payments"}


def test_a_stranger_in_the_file_of_a_partner_needs_an_offer_and_its_owner() -> None:
    taken = partner(
        "stranger", team("ops", "mallory@stranger.example", access=["tracking"]), owner="payments"
    )

    assert owners(planned([APIS, MINE], [APIS, MINE, taken])) == {"payments"}
