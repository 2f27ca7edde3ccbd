"""The state of one organization, and what the API does with it."""

from collections.abc import Callable
from itertools import count
from typing import Any

Json = dict[str, Any]
_PAGE = 1000
_ATTRIBUTES = 18


class RejectedError(Exception):
    """A request that the API rejects, with the HTTP status and the status of Google's APIs."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Organization:
    """Developers, API products, AppGroups and their apps.

    A page by token has at most `page` items. `self_service` is called with the name of each new AppGroup, as
    its members create apps in a portal.
    """

    def __init__(self, name: str = "acme-apis", page: int = _PAGE) -> None:
        self.name = name
        self._page = page
        self.developers: dict[str, Json] = {}
        self.products: dict[str, Json] = {}
        self.groups: dict[str, Json] = {}
        self.apps: dict[tuple[str, str], Json] = {}
        self.self_service: Callable[[str], object] | None = None
        self._time = count(1_764_000_000_000, 1000)
        self._ids = count(1)

    # Lists

    def list_developers(self, query: dict[str, str]) -> Json:
        page = _from_key(sorted(self.developers), query)
        return {"developer": [{"email": email} for email in page]}

    def list_products(self, query: dict[str, str]) -> Json:
        page = _from_key(sorted(self.products), query)
        return {"apiProduct": [{"name": name} for name in page]}

    def list_groups(self, query: dict[str, str]) -> Json:
        return self._paged("appGroups", dict(sorted(self.groups.items())), query)

    def list_apps(self, query: dict[str, str]) -> Json:
        """Return the apps of AppGroups; the API leaves out what is not approved."""
        _require(query.get("filter") == "appType=AppGroup", "the double has only apps of AppGroups")
        apps = {app["appId"]: app for app in self.apps.values() if app["status"] == "approved"}
        if query.get("expand") != "true":
            apps = {key: {"appId": key} for key in apps}
        else:
            hidden = query.get("includeCred") != "true"
            apps = {key: _approved(app, hidden=hidden) for key, app in apps.items()}
        return self._paged("app", dict(sorted(apps.items())), query)

    def list_group_apps(self, group: str, query: dict[str, str]) -> Json:
        self.group(group)
        apps = {name: _app(app) for (of, name), app in sorted(self.apps.items()) if of == group}
        return self._paged("appGroupApps", apps, query)

    # Developers and products

    def create_developer(self, body: Json) -> Json:
        email = body.get("email", "")
        _require("@" in email and email == email.lower(), "the email address must be in lower case")
        for field in ("firstName", "lastName", "userName"):
            _require(bool(body.get(field)), f"{field} is required")
        _require_new(email, self.developers, "Developer")
        stamp = self._stamp()
        self.developers[email] = {**body, "developerId": self._id(), "status": "active", "createdAt": stamp}
        return self.developers[email]

    def create_product(self, body: Json) -> Json:
        _require_new(body["name"], self.products, "ApiProduct")
        self.products[body["name"]] = {"approvalType": "auto", **body, "createdAt": self._stamp()}
        return self.products[body["name"]]

    # AppGroups

    def group(self, name: str) -> Json:
        return _found(self.groups, name, "AppGroup")

    def create_group(self, body: Json) -> Json:
        name = body.get("name", "")
        _require(bool(name) and all(each.isalnum() or each in "._-$ %" for each in name), "invalid name")
        _require_new(name, self.groups, "AppGroup")
        _require_attributes(body)
        stamp = self._stamp()
        made = {"appGroupId": self._id(), "createdAt": stamp, "lastModifiedAt": stamp, "status": "active"}
        self.groups[name] = {**body, **made, "organization": self.name}
        if self.self_service is not None:
            self.self_service(name)
        return self.groups[name]

    def replace_group(self, name: str, body: Json) -> Json:
        """Replace all fields; the request removes what it leaves out."""
        former = self.group(name)
        _require(body.get("name", name) == name, "the name of an AppGroup cannot be changed")
        _require_attributes(body)
        kept = {key: former[key] for key in ("name", "appGroupId", "createdAt", "status", "organization")}
        self.groups[name] = {**body, **kept, "lastModifiedAt": self._stamp()}
        return self.groups[name]

    def delete_group(self, name: str) -> Json:
        group = self.group(name)
        del self.groups[name]
        self.apps = {key: app for key, app in self.apps.items() if key[0] != name}
        return group

    # Apps and keys

    def create_app(self, group: str, body: Json) -> Json:
        """Create an app with a key for its API products."""
        self.group(group)
        name = body["name"]
        _require_new((group, name), self.apps, "App")
        for product in body.get("apiProducts", []):
            _found(self.products, product, "ApiProduct")
        self.apps[group, name] = {
            "appId": self._id(),
            "name": name,
            "appGroup": group,
            "status": "approved",
            "createdAt": self._stamp(),
            "credentials": [self._key(body.get("apiProducts", []), body.get("keyExpiresIn", "-1"))],
        }
        return _app(self.apps[group, name])

    def set_app_status(self, group: str, app: str, action: str) -> None:
        _require(action in {"approve", "revoke"}, "invalid action")
        self._app(group, app)["status"] = "approved" if action == "approve" else "revoked"

    def key(self, group: str, app: str, key: str) -> Json:
        keys = {each["consumerKey"]: each for each in self._app(group, app)["credentials"]}
        return _found(keys, key, "AppGroupAppKey")

    def create_key(self, group: str, app: str, body: Json) -> Json:
        made = {**self._key([], "-1"), **body}
        self._app(group, app)["credentials"].append(made)
        return _credential(made)

    def update_key(self, key: Json, body: Json) -> Json:
        """Add API products, and replace attributes and scopes. Those that are left out are removed."""
        if "action" in body:
            key["status"] = {"approve": "approved", "revoke": "revoked"}[body["action"]]
            return _credential(key)
        kept = body.get("appGroupAppKey", {})
        key["attributes"], key["scopes"] = kept.get("attributes", []), kept.get("scopes", [])
        held = {each["apiproduct"] for each in key["apiProducts"]}
        for product in body.get("apiProducts", []):
            if product not in held:
                key["apiProducts"].append(self._association(product))
        return _credential(key)

    def set_product_status(self, key: Json, product: str, action: str) -> Json:
        found = {each["apiproduct"]: each for each in key["apiProducts"]}
        _require(action in {"approve", "revoke"}, "invalid action")
        _found(found, product, "ApiProduct")["status"] = "approved" if action == "approve" else "revoked"
        return {}

    def remove_product(self, key: Json, product: str) -> Json:
        _found({each["apiproduct"]: each for each in key["apiProducts"]}, product, "ApiProduct")
        key["apiProducts"] = [each for each in key["apiProducts"] if each["apiproduct"] != product]
        return _credential(key)

    # What the gateway does

    def callable_apis(self, key: Json) -> set[str]:
        """Return the API products that the gateway lets a key call."""
        if key["status"] != "approved":
            return set()
        return {each["apiproduct"] for each in key["apiProducts"] if each["status"] == "approved"}

    def _app(self, group: str, name: str) -> Json:
        self.group(group)
        return _found(self.apps, (group, name), "App")

    def _key(self, products: list[str], lifetime: str) -> Json:
        return {
            "consumerKey": f"key-{self._id()}",
            "consumerSecret": f"secret-{self._id()}",
            "status": "approved",
            "issuedAt": self._stamp(),
            "expiresAt": "-1" if lifetime == "-1" else str(next(self._time) + int(lifetime)),
            "apiProducts": [self._association(each) for each in products],
            "attributes": [],
            "scopes": [],
        }

    def _association(self, product: str) -> Json:
        manual = _found(self.products, product, "ApiProduct")["approvalType"] == "manual"
        return {"apiproduct": product, "status": "pending" if manual else "approved"}

    def _paged(self, name: str, items: dict[str, Json], query: dict[str, str]) -> Json:
        """Return a page from a token, which is the key of the first item."""
        keys = list(items)
        size = min(int(query.get("pageSize", self._page)) or self._page, self._page)
        start = 0
        if token := query.get("pageToken"):
            start = next((at for at, key in enumerate(keys) if key >= token), len(keys))
        page: Json = {name: [items[key] for key in keys[start : start + size]]}
        if start + size < len(keys):
            page["nextPageToken"] = keys[start + size]
        return page

    def _stamp(self) -> str:
        return str(next(self._time))

    def _id(self) -> str:
        return f"{next(self._ids):08}"


def _approved(app: Json, *, hidden: bool) -> Json:
    keys = [] if hidden else [_credential(key) for key in app["credentials"] if key["status"] == "approved"]
    return {**app, "credentials": keys}


def _app(app: Json) -> Json:
    return {**app, "credentials": [_credential(key) for key in app["credentials"]]}


def _credential(key: Json) -> Json:
    return {**key, "apiProducts": list(key["apiProducts"])}


def _from_key(keys: list[str], query: dict[str, str]) -> list[str]:
    """Return the keys from a start key on, inclusive."""
    _require("startKey" not in query or "count" in query, "startKey needs count")
    start = query.get("startKey", "")
    if start and start not in keys:
        raise RejectedError(404, "NOT_FOUND", f"{start} does not exist")
    size = min(int(query.get("count", _PAGE)), _PAGE)
    return [key for key in keys if key >= start][:size]


def _require(condition: bool, message: str) -> None:  # noqa: FBT001  reads like an assertion
    if not condition:
        raise RejectedError(400, "INVALID_ARGUMENT", message)


def _require_new(key: Any, known: dict[Any, Json], what: str) -> None:
    if key in known:
        raise RejectedError(409, "ALREADY_EXISTS", f"{what} {key} already exists")


def _require_attributes(body: Json) -> None:
    names = [each["name"] for each in body.get("attributes", [])]
    _require(len(names) <= _ATTRIBUTES, f"more than {_ATTRIBUTES} attributes")
    _require(len(names) == len(set(names)), "an attribute comes twice")


def _found(known: dict[Any, Json], key: Any, what: str) -> Json:
    if key not in known:
        raise RejectedError(404, "NOT_FOUND", f"{what} {key} does not exist")
    return known[key]
