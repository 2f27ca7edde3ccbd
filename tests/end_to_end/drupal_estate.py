"""Copies what one site has to another one with `drupal-api-client`, without owner labels."""

from typing import Any

from drupal_api_client import JsonApiClient

# Parents before their children. The first ones exist in each site, or are found by their name.
_NAMED = {"node--api_product": "title", "group_role--group_role": "label", "user--user": "name"}
_COPIED = (
    "user--user",
    "node--partner",
    "node--team",
    "group--team",
    "node--bundle",
    "node--access_group",
    "group_relationship--team-group_membership",
)
_ATTRIBUTES = ("title", "label", "name", "mail", "status")
_RELATIONSHIPS = ("gid", "entity_id", "group_roles")
_OWNER = "field_reconciler_owner"


def copy_estate(source: JsonApiClient, target: JsonApiClient) -> None:
    """Copy accounts, partners, teams, products, groups and memberships."""
    ids: dict[str, str] = {}
    for kind, name in _NAMED.items():
        there = {each["attributes"].get(name): each["id"] for each in listed(target, kind)}
        for each in listed(source, kind):
            if each["attributes"].get(name) in there:
                ids[each["id"]] = there[each["attributes"].get(name)]
    for kind in _COPIED:
        for each in listed(source, kind):
            if each["id"] not in ids:
                ids[each["id"]] = _copy(target, kind, each, ids)


def _copy(target: JsonApiClient, kind: str, item: dict[str, Any], ids: dict[str, str]) -> str:
    attributes = {
        name: value
        for name, value in item["attributes"].items()
        if name != _OWNER and (name in _ATTRIBUTES or name.startswith("field_")) and value is not None
    }
    relationships = {
        name: {"data": _translated(each["data"], ids)}
        for name, each in item.get("relationships", {}).items()
        if name in _RELATIONSHIPS or name.startswith("field_")
    }
    data = {"type": kind, "attributes": attributes, "relationships": relationships}
    made = target.create_resource(kind, {"data": data}, raise_for_status=True)
    assert isinstance(made, dict)
    return str(made["data"]["id"])


def _translated(data: Any, ids: dict[str, str]) -> Any:
    if isinstance(data, list):
        return [_translated(each, ids) for each in data]
    return data and {"type": data["type"], "id": ids[data["id"]]}


def listed(client: JsonApiClient, kind: str) -> list[dict[str, Any]]:
    """Return the items on all pages; nothing for a type that the site does not have."""
    items: list[dict[str, Any]] = []
    offset = 0
    while True:
        found = client.get_collection(kind, query_string=f"page[offset]={offset}")
        assert isinstance(found, dict)
        items += found.get("data", [])
        if "next" not in found.get("links", {}):
            return items
        offset += 50
