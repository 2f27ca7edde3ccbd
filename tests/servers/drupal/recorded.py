"""Exchanges with a real Drupal 10.0.9, without stack traces, and the site that they were recorded from."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.servers.drupal.schema import NODE_TYPE, node
from tests.servers.drupal.site import Site

EXCHANGES: Final[list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("exchanges.json").read_text("utf-8")
)
_BY_LABEL: Final = {each["label"]: each for each in EXCHANGES}
_OWN: Final = ("node--access_group", "node--api_product", "node--team")


def recorded_site() -> Site:
    """Return the site before the first exchange."""
    site = Site(
        NODE_TYPE,
        node("api_product"),
        node("team", field_members="user--user", field_admins="user--user"),
        node(
            "access_group",
            field_api_products="node--api_product",
            field_developers="user--user",
            field_teams="node--team",
        ),
    )
    for kind in _OWN:
        del site.types[kind].fields["field_reconciler_owner"]  # type: ignore[attr-defined]
    site.other_types = tuple(
        name for name in _data("entry as admin")["links"] if "--" in name and name not in site.types
    )
    _add_accounts(site)
    _add_content(site)
    created = (_BY_LABEL[label]["response"]["body"]["data"]["id"] for label in _created())
    site.new_id = lambda: next(created)
    return site


def _add_accounts(site: Site) -> None:
    listed = {each["attributes"]["display_name"]: each for each in _data("svc lists users")["data"]}
    site.entities.clear()
    for found, name in ((site.anonymous, "Anonymous"), (site.admin, "admin")):
        found.id = listed[name]["id"]
        site.entities[found.id] = found
    site.admin_id = site.admin.id
    for role in _data("roles readable")["data"]:
        attributes = dict(role["attributes"])
        key = attributes.pop("drupal_internal__id")
        site.add("user_role--user_role", attributes, entity_id=role["id"], key=key)
    site.new_id = lambda: listed["svc"]["id"]
    permissions = _data("roles readable")["data"][2]["attributes"]["permissions"]
    svc = site.add_user("svc", "svc@portal.example", "svc", permissions)
    svc.references["roles"] = [_data("roles readable")["data"][2]["id"]]
    for found, name in ((site.admin, "admin"), (svc, "svc")):
        times = listed[name]["attributes"]
        found.attributes |= {"created": times["created"], "changed": times["changed"]}


def _add_content(site: Site) -> None:
    for label in ("products page 1", "create access group", "svc creates team with client uuid"):
        found = _data(label)["data"]
        bundle = (found[0] if isinstance(found, list) else found)["relationships"]["node_type"]["data"]
        key = bundle["meta"]["drupal_internal__target_id"]
        site.add("node_type--node_type", {"name": key}, entity_id=bundle["id"], key=key)
    ids = {0: _ids("products page 1"), 100: _ids("products page 3")}
    for number in range(120):
        page = ids.get(number // 50 * 50, [])
        entity_id = page[number % 50] if page else f"00000000-0000-4000-8000-{number:012}"
        made = site.add("node--api_product", {"title": f"Product {number}"}, entity_id=entity_id)
        product = _data("products page 1")["data"][0]["attributes"]
        made.attributes |= {key: product[key] for key in ("created", "changed", "revision_timestamp")}


def _created() -> Iterator[str]:
    return (
        label
        for label, each in _BY_LABEL.items()
        if each["response"]["status"] == 201 and "id" not in each["request"]["body"]["data"]
    )


def _data(label: str) -> Any:
    return _BY_LABEL[label]["response"]["body"]


def _ids(label: str) -> list[str]:
    return [each if isinstance(each, str) else each["id"] for each in _data(label)["data"]]


def as_recorded(body: Any) -> Any:
    """Return a body as it is recorded: without the version of JSON:API, and most items of a page as ids."""
    if not isinstance(body, Mapping):
        return body
    found = {key: value for key, value in body.items() if key != "jsonapi"}
    data = found.get("data")
    if isinstance(data, list) and len(data) > 10:
        found["data"] = [data[0], *(each if isinstance(each, str) else each["id"] for each in data[1:])]
    return _without_random_keys(found)


def _without_random_keys(body: dict[str, Any]) -> dict[str, Any]:
    """Drupal ends the names of links to omitted items with random letters."""
    if omitted := body.get("meta", {}).get("omitted"):
        links = omitted["links"]
        named = [value for key, value in links.items() if key.startswith("item--")]
        body["meta"] = {"omitted": {**omitted, "links": {"help": links["help"], "items": named}}}
    return body
