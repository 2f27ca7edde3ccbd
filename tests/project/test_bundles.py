"""Portals without API products get the APIs of products in their access groups."""

from reconciler.project import PortalProfile, project
from tests.builders import group, product
from tests.cli.running import GROUP
from tests.project.conftest import Shelved
from tests.project.test_project import lacking
from tests.states import wanted

PRODUCTS = ("api-product", "product-item")
BUNDLED = (
    GROUP.replace("apis: [tracking-v2]", "products: [suite]")
    + """\
---
    apiVersion: reconciler/v1
    kind: ApiProduct
    metadata: {name: suite}
    spec: {displayName: Suite, owner: logistics, apis: [tracking-v2]}
    """
)


def test_a_group_gets_each_api_of_its_products_once() -> None:
    documents = (
        product("suite", apis=["rates", "labels"]),
        product("empty", apis=[]),
        group("gold", apis=["labels"], products=["suite", "empty"]),
    )

    found = project(wanted(*documents), PortalProfile(lacking(*PRODUCTS)))

    assert found.findings == ()
    assert [each for each in found.desired.resources if not each.startswith("partner")] == [
        "access-item/gold/api/rates",
        "access-item/gold/api/labels",
        "access-group/gold",
    ]
    assert "api-product/suite" in found.defined.resources


def test_the_item_is_from_the_line_with_the_product() -> None:
    documents = (product("suite", apis=["rates"]), group("gold", products=["suite"]))
    items = wanted(*documents).resources

    found = project(wanted(*documents), PortalProfile(lacking(*PRODUCTS))).desired.resources

    expected, item = (
        items["access-item/gold/product/suite"].origin,
        found["access-item/gold/api/rates"].origin,
    )
    assert (item and item.path) == (expected and expected.path)


def test_a_portal_without_products_converges(shelved: Shelved) -> None:
    place = shelved(*PRODUCTS, group=BUNDLED)
    configuration = place.folder / "reconciler.yaml"
    configuration.write_text(configuration.read_text().replace("[AccessGroup]", "[AccessGroup, ApiProduct]"))

    first, second = place.run("apply", "--auto-approve"), place.run("plan", "--detailed-exitcode")
    shown = place.run("access", "--live", "--api", "tracking-v2")

    assert (first.code, second.code, "No changes." in second.out) == (0, 0, True)
    assert "ana@acme.example" in shown.out
