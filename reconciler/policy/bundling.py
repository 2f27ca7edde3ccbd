"""The APIs that enter groups and products of other owners, directly or in a product."""

from collections.abc import Iterator

from reconciler.model.kinds import name_in
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.policy.index import Index


def entering(change: Change, index: Index) -> Iterator[tuple[str, ResourceId]]:
    """Yield each API that enters a group or product by a change, and the id of the group or product.

    If a group or product gets another owner, all its APIs enter.
    """
    product, group = name_in(change.id, "product"), name_in(change.id, "group")
    if change.action == "create" and change.kind == "access-item":
        api = name_in(change.id, "api")
        for each in [api] if api else _apis_of(product, index):
            yield each, f"access-group/{group}"
    elif change.action == "create" and change.kind == "product-item":
        for container in (f"api-product/{product}", *_groups_with(product, index)):
            yield name_in(change.id, "api") or "", container
    elif change.before and any(field.path == "owner" for field in change.fields):
        apis = _apis_of(product, index) if product else sorted(index.apis_of(group or ""))
        yield from ((api, change.id) for api in apis)


def _apis_of(product: str | None, index: Index) -> tuple[str, ...]:
    found = index.products.get(product or "")
    return found[1].spec.apis if found else ()


def _groups_with(product: str | None, index: Index) -> Iterator[ResourceId]:
    return (
        f"access-group/{name}" for name, (_, body) in index.groups.items() if product in body.spec.products
    )
