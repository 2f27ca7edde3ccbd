"""Settings of a portal for a new configuration, from its type or its address."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from reconciler.errors import InputError
from reconciler.model.file_names import STATE_FOLDER
from reconciler.scaffold.settings import PortalEntry

_COMMON: Final = {"until": "daily-run", "blocked": "each-run", "delegated": "unmanaged"}
# What each portal cannot store, as the page of its type recommends.
_FALLBACKS: Final[Mapping[str, Mapping[str, str]]] = {
    "keycloak": {**_COMMON, "invitations": "create"},
    "drupal": {**_COMMON, "view": "omit", "invitations": "wait"},
    "apigee": {**_COMMON, "view": "omit", "developerGrants": "team-of-one", "invitations": "create"},
    "konnect": {
        **_COMMON,
        "admins": "as-members",
        "developerGrants": "team-of-one",
        "invitations": "create",
    },
}
# An address in place of the real one.
EXAMPLES: Final[Mapping[str, str]] = {
    "embedded": "",
    "keycloak": "https://id.example.com/realms/partners",
    "drupal": "https://developer.example.com/jsonapi",
    "apigee": "https://apigee.googleapis.com/v1/organizations/partners-prod",
    "konnect": "https://eu.api.konghq.com/v3/portals/Partners",
}
_REALM: Final = re.compile(r"(.*)(?:/admin)?/realms/([A-Za-z0-9._~-]{1,255})(?:/.*)?")
_CONSOLE: Final = re.compile(r"/([A-Za-z0-9._~-]{1,255})(?:/.*)?")
_ORGANIZATION: Final = re.compile(r"(.*)/v1/organizations/([A-Za-z0-9._~-]{1,255})(?:/.*)?")
_KONNECT: Final = re.compile(r"(us|eu|au|me|in|sg)\.api\.konghq\.com")
_KONNECT_PORTAL: Final = re.compile(r"(?:/v3)?/portals/([^/]{1,255})(?:/.*)?")


def portal_of_type(kind: str) -> PortalEntry:
    """Return the settings of a type; an address in them is an example. Raises InputError."""
    if kind == "embedded":
        return PortalEntry("local", {"type": kind, "database": f"{STATE_FOLDER}/portal.db"})
    if kind not in EXAMPLES:
        raise _unknown(kind)
    return portal_at(EXAMPLES[kind], kind)


def portal_at(address: str, kind: str) -> PortalEntry:
    """Return the settings of the portal of a type at an address.

    Raises InputError for an address that is not valid or lacks something, and for an unknown type.
    """
    url, own = _parts(address), _OWN.get(kind)
    if own is None:
        raise _unknown(kind)
    settings = own(url)
    variable = next(value["env"] for value in settings.values() if isinstance(value, dict) and "env" in value)
    whole = {"type": kind, **settings}
    if kind in _FALLBACKS:
        whole["fallbacks"] = dict(_FALLBACKS[kind])
    return PortalEntry("production", whole, variable)


def type_of(address: str) -> str | None:
    """Return the type that the form of an address shows; None where it shows none."""
    url = _parts(address)
    host = url["host"]
    if _KONNECT.fullmatch(host):
        return "konnect"
    if host == "apigee.googleapis.com" or host.endswith("-apigee.googleapis.com"):
        return "apigee"
    if _REALM.fullmatch(url["path"]) or url["path"].endswith("/console"):
        return "keycloak"
    if url["path"].endswith("/jsonapi"):
        return "drupal"
    return None


def _unknown(kind: str) -> InputError:
    return InputError(f'"{kind}" is not a portal type', f"known: {', '.join(EXAMPLES)}")


def _parts(address: str) -> dict[str, str]:
    """Return origin, host, path and fragment of an address. Raises InputError for an invalid one."""
    try:
        url = urlsplit(address)
        host, _ = url.hostname or "", url.port
    except ValueError as error:
        raise InputError(f"{address} is not a valid URL: {error}", "write it as https://HOST") from error
    if url.scheme not in {"http", "https"} or not host or re.search(r"[\x00-\x20]", address):
        raise InputError(f"{address} is not a valid URL", "write it as https://HOST")
    if "@" in url.netloc:
        raise InputError(
            "the address of the portal has a password in it", "leave out everything before the @"
        )
    origin = urlunsplit((url.scheme, url.netloc, "", "", ""))
    return {"origin": origin, "host": host, "path": url.path.rstrip("/"), "fragment": url.fragment}


def _embedded(url: dict[str, str]) -> dict[str, Any]:
    return {"url": f"{url['origin']}{url['path']}", "token": {"env": "PORTAL_TOKEN"}}


def _keycloak(url: dict[str, str]) -> dict[str, Any]:
    found = _REALM.fullmatch(url["path"])
    console = _CONSOLE.fullmatch(url["fragment"])
    if found:
        base, realm = found[1].removesuffix("/admin"), found[2]
    elif console and url["path"].endswith("/console"):
        base, realm = url["path"].partition("/admin/")[0], console[1]
    else:
        message = f"{url['origin']}{url['path']} does not name the realm"
        raise InputError(message, f"write it as {url['origin']}{url['path']}/realms/NAME")
    return {
        "url": f"{url['origin']}{base}",
        "realm": realm,
        "clientId": "reconciler",
        "clientSecret": {"env": "PORTAL_SECRET"},
    }


def _drupal(url: dict[str, str]) -> dict[str, Any]:
    return {
        "url": f"{url['origin']}{url['path'].removesuffix('/jsonapi')}",
        "profile": "apiboost",
        "user": "reconciler",
        "password": {"env": "PORTAL_PASSWORD"},
    }


def _apigee(url: dict[str, str]) -> dict[str, Any]:
    found = _ORGANIZATION.fullmatch(url["path"])
    if found is None:
        message = f"{url['origin']}{url['path']} does not name the organization"
        raise InputError(message, f"write it as {url['origin']}/v1/organizations/NAME")
    base = f"{url['origin']}{found[1]}"
    own = {} if base == "https://apigee.googleapis.com" else {"url": base}
    return {"organization": found[2], **own, "token": {"env": "PORTAL_TOKEN"}}


def _konnect(url: dict[str, str]) -> dict[str, Any]:
    region, portal = _KONNECT.fullmatch(url["host"]), _KONNECT_PORTAL.fullmatch(url["path"])
    if region is None or portal is None:
        message = f"{url['origin']}{url['path']} does not name a region of Konnect and a portal in it"
        raise InputError(message, "write it as https://REGION.api.konghq.com/v3/portals/ID")
    return {"region": region[1], "portal": portal[1], "token": {"env": "PORTAL_TOKEN"}}


# The settings of each type at an address.
_OWN: Final[Mapping[str, Callable[[dict[str, str]], dict[str, Any]]]] = {
    "embedded": _embedded,
    "keycloak": _keycloak,
    "drupal": _drupal,
    "apigee": _apigee,
    "konnect": _konnect,
}
