"""Replace API products by their APIs, for portals whose access groups contain only APIs."""

from typing import Final

import msgspec

from reconciler.model.ids import kind_of
from reconciler.model.kinds import name_in
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Resource, ResourceId

_BUNDLES: Final = frozenset({"api-product", "product-item"})


def lacks_products(can: Capabilities) -> bool:
    """Return whether a portal has access groups, but no API products."""
    return "access-group" in can.kinds and "api-product" not in can.kinds


def unbundle(desired: Desired) -> Desired:
    """Return the desired state with the APIs of products in place of products: the access is the same."""
    contents: dict[str | None, list[str | None]] = {}
    for item in desired.resources:
        if kind_of(item) == "product-item":
            contents.setdefault(name_in(item, "product"), []).append(name_in(item, "api"))
    resources: dict[ResourceId, Resource] = {}
    unpacked: dict[ResourceId, Resource] = {}
    for each in desired.resources.values():
        product = name_in(each.id, "product")
        if product is None:
            resources[each.id] = each
        elif each.kind == "access-item":
            for api in contents.get(product, ()):
                made = f"access-item/{name_in(each.id, 'group')}/api/{api}"
                unpacked.setdefault(made, msgspec.structs.replace(each, id=made))
    renames = {new: formers for new, formers in desired.renames.items() if kind_of(new) not in _BUNDLES}
    return msgspec.structs.replace(desired, resources={**unpacked, **resources}, renames=renames)
