import msgspec
import pytest

from reconciler.model.document import Document
from reconciler.model.plan import FileChange
from reconciler.model.resource import Resource
from reconciler.policy import approvals
from tests.builders import catalog, group, partner, product, team
from tests.policy.planning import world
from tests.states import holding

APIS = catalog("labels", {"name": "cards", "owner": "payments"})


def asked(held: list[Resource], *documents: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.owner, each.reason, each.ids) for each in approvals(world(held, *documents, APIS))]


def test_taking_up_a_group_asks_the_owner_of_the_partner() -> None:
    held = holding(partner("acme", team()), group())

    assert asked(held, partner("acme", team(access=["tracking"])), group()) == [
        ("partnerships", "changes partner/acme", ("grant/tracking/team/acme/integration",))
    ]


def test_giving_a_group_asks_the_owner_of_the_group() -> None:
    held = holding(partner("acme", team()), group())

    assert asked(held, partner("acme", team()), group(grants=[{"partner": "acme"}])) == [
        ("logistics", "changes access-group/tracking", ("grant/tracking/team/acme/integration",))
    ]


def test_an_api_that_is_newly_in_a_group_asks_its_owner_too() -> None:
    assert asked(holding(group()), group(apis=["cards"])) == [
        ("logistics", "changes access-group/tracking", ("access-item/tracking/api/cards",)),
        (
            "payments",
            "adds their API to access-group/tracking",
            ("access-item/tracking/api/cards",),
        ),
    ]


def test_a_product_that_is_newly_in_a_group_asks_the_owners_of_its_apis() -> None:
    files = product("suite", apis=["cards"])

    assert ("payments", "adds their API to access-group/tracking") in [
        each[:2] for each in asked(holding(files, group()), files, group(products=["suite"]))
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([group(apis=["cards"], owner="logistics")], None),
        ([group(apis=["cards"], owner="partnerships")], "adds their API to access-group/tracking"),
        ([product("suite", apis=["cards"]), group(products=["suite"])], None),
        (
            [product("suite", apis=["cards"]), group(products=["suite"], owner="partnerships")],
            "adds their API to access-group/tracking",
        ),
    ],
)
def test_owners_who_can_bundle_an_api_ask_nobody_else(files: list[Document], reason: str | None) -> None:
    known = catalog({"name": "cards", "owner": "payments", "bundledBy": ["logistics"]})
    asked = approvals(world([], *files, known))

    assert [each.reason for each in asked if each.owner == "payments"] == ([reason] if reason else [])


def test_an_api_that_enters_a_product_enters_the_groups_with_this_product() -> None:
    known = catalog("labels", {"name": "cards", "owner": "payments", "bundledBy": ["logistics"]})
    before = [product("suite", apis=["labels"]), group(products=["suite"], owner="partnerships")]
    after = [product("suite", apis=["labels", "cards"]), before[1]]
    asked = approvals(world(holding(*before), *after, known))

    assert [(each.owner, each.reason) for each in asked] == [
        ("logistics", "changes api-product/suite"),
        ("payments", "adds their API to access-group/tracking"),
    ]


def test_a_group_with_another_owner_asks_the_owners_of_its_apis() -> None:
    known = catalog({"name": "cards", "owner": "payments", "bundledBy": ["logistics"]})
    asked = approvals(
        world(holding(group(apis=["cards"])), group(apis=["cards"], owner="partnerships"), known)
    )

    assert ("payments", "adds their API to access-group/tracking") in [
        (each.owner, each.reason) for each in asked
    ]


def test_a_new_owner_and_the_old_one_are_both_asked() -> None:
    assert asked(holding(group()), group(owner="payments")) == [
        ("logistics", "changes access-group/tracking", ("access-group/tracking",)),
        ("payments", "changes access-group/tracking", ("access-group/tracking",)),
    ]


def test_a_partner_whose_type_changes_needs_approval_by_owners_of_its_groups() -> None:
    offered = group(offers=[{"partner": "acme"}])
    held = holding(partner("acme", team(access=["tracking"])), offered)

    assert asked(held, partner("acme", team(access=["tracking"]), type="external"), offered) == [
        (
            "logistics",
            "partner/acme, now of type external, uses access-group/tracking",
            ("partner/acme",),
        ),
        ("partnerships", "changes partner/acme", ("partner/acme",)),
    ]


def test_a_partner_that_ends_asks_its_own_owner_alone() -> None:
    offered = group(offers=[{"partner": "acme"}])
    held = holding(partner("acme", team(access=["tracking"])), offered)

    assert {
        each[0] for each in asked(held, partner("acme", team(access=["tracking"]), status="ended"), offered)
    } == {"partnerships"}


@pytest.mark.parametrize(
    ("change", "owners"),
    [
        (FileChange(about="access-group/tracking", path="offers", before=[], after=[{}]), ["logistics"]),
        (FileChange(about="partner/acme", path="exceptions", after=[{}]), ["partnerships"]),
        (
            FileChange(about="api/cards", path="owner", before="payments", after="logistics"),
            ["logistics", "payments"],
        ),
        (FileChange(about="api/cards", path="visibility", before="restricted", after="public"), ["payments"]),
        (FileChange(about="configuration", path="rules.admin-domain", after="off"), ["partnerships"]),
        (FileChange(about="access-group/unknown", path="offers", before=[{}]), []),
    ],
)
def test_a_file_change_needs_approval_by_its_owner(change: FileChange, owners: list[str]) -> None:
    held = holding(partner("acme"), group())
    judged = msgspec.structs.replace(world(held, partner("acme"), group(), APIS), file_changes=[change])

    assert [(each.owner, each.reason, each.ids) for each in approvals(judged)] == [
        (owner, f"changes {change.path} of {change.about}", (change.about,)) for owner in owners
    ]
