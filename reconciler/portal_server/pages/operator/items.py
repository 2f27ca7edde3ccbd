"""What access groups and products contain: add and take out APIs and products."""

from typing import Any, Final

from reconciler.portal_server.operations.problems import FieldError, ProblemError
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import edit, fields, review, screens
from reconciler.portal_server.pages.operator.fields import Field
from reconciler.portal_server.pages.operator.lists import names_of
from reconciler.portal_server.pages.operator.screens import BASE, Screen
from reconciler.portal_server.pages.visit import Handler, Page, PageResponse, Visit
from reconciler.portal_server.values.sentences import full_stop

_API: Final = Field(key="apiId", label="API", control="reference", of="api")
_PRODUCT: Final = Field(key="productId", label="API product", control="reference", of="product")


def show_new(visit: Visit, screen: Screen) -> PageResponse:
    """Show the form that adds an API, or to an access group also a product."""
    found = edit.load(visit, screen)
    chosen = _fields(screen)
    page = screen.page_of(found.id)
    return layout.page(
        visit,
        "operator/form.html",
        heading=f"Add to {found.display_name}",
        above=[(screen.href, screen.many), (page, found.display_name)],
        shown=fields.values(visit, chosen, {}),
        errors=fields.errors(visit, chosen, taken=chosen[0].key),
        button="Add",
        cancel=page,
        file=edit.file_of(visit, found),
    )


def add(visit: Visit, screen: Screen) -> PageResponse:
    """Add the API or product; if git manages the object, after a confirmation."""
    found = edit.load(visit, screen)
    chosen = _fields(screen)
    body = fields.body_of(chosen, visit.form)
    if sum(value is not None for value in body.values()) != 1:
        detail = "Choose an API or a product, not both." if len(chosen) > 1 else "Choose the API."
        raise ProblemError(422, detail, errors=[FieldError("/apiId", detail)])
    body = {key: value for key, value in fields.resolve(visit, chosen, body).items() if value is not None}
    (target,) = body.values()
    name = names_of(visit, [target])[target].label
    request: dict[str, Any] = {"body": {**body, _owner_key(screen): found.id}}
    file = edit.file_of(visit, found)
    operation = f"create-{_item_kind(screen)}"
    if file is not None and not review.is_confirmed(visit):
        visit.rehearse(operation, **request)
        changes = [review.Change(name, "not in it", "in it")]
        return review.page(visit, f"Add to {found.display_name}?", file, changes, visit.target)
    visit.perform(operation, **request)
    end = full_stop(found.display_name)
    return notices.done(visit, screen.page_of(found.id), f"{name} is now in {found.display_name}{end}")


def show_removal(visit: Visit, screen: Screen) -> PageResponse:
    """Show who loses what without the item."""
    found, item, name = _item(visit, screen)
    return layout.page(
        visit,
        "operator/remove_item.html",
        screen=screen,
        found=found,
        item=item,
        entry=name,
        grants=_grants(visit, screen, found),
        file=edit.file_of(visit, found),
        errors=visit.errors(),
    )


def remove(visit: Visit, screen: Screen) -> PageResponse:
    """Take the API or product out."""
    found, item, name = _item(visit, screen)
    etag = visit.shown_tag
    visit.perform(f"delete-{_item_kind(screen)}", path={"id": item.id}, if_match=etag)
    end = full_stop(found.display_name)
    return notices.done(visit, screen.page_of(found.id), f"{name} is no longer in {found.display_name}{end}")


def _fields(screen: Screen) -> tuple[Field, ...]:
    return (_API, _PRODUCT) if screen is screens.ACCESS_GROUP else (_API,)


def _item_kind(screen: Screen) -> str:
    return "access-item" if screen is screens.ACCESS_GROUP else "product-item"


def _owner_key(screen: Screen) -> str:
    return "groupId" if screen is screens.ACCESS_GROUP else "productId"


def _item(visit: Visit, screen: Screen) -> tuple[Any, Any, str]:
    """Return the object, the item of the path in it, and the name of what it is."""
    found = edit.load(visit, screen)
    item = visit.perform(f"get-{_item_kind(screen)}", path={"id": visit.path["item"]})
    of_group = screen is screens.ACCESS_GROUP
    if (item.group_id if of_group else item.product_id) != found.id:
        raise ProblemError(404, "This entry does not exist.")
    target = item.api_id if not of_group or item.api_id else item.product_id
    return found, item, names_of(visit, [target])[target].label


def _grants(visit: Visit, screen: Screen, found: Any) -> int:
    """Return how many grants give access to what the object contains."""
    groups = [found.id]
    if screen is screens.PRODUCT:
        inside = visit.perform("list-access-items", query={"product": found.id, "limit": "1000"}).items
        groups = [item.group_id for item in inside]
    counts = visit.perform("count-dependents", body={"ids": groups})
    return sum(each["grants"] for each in counts.values())


def _for(screen: Screen, handler: Any) -> Handler:
    return lambda visit: handler(visit, screen)


PAGES: Final = tuple(
    page
    for screen in (screens.ACCESS_GROUP, screens.PRODUCT)
    for page in (
        Page(
            path=f"{BASE}/{screen.path}/{{id}}/items/new",
            audience="operator",
            show=_for(screen, show_new),
            submit=_for(screen, add),
        ),
        Page(
            path=f"{BASE}/{screen.path}/{{id}}/items/{{item}}/remove",
            audience="operator",
            show=_for(screen, show_removal),
            submit=_for(screen, remove),
        ),
    )
)
