"""Find the type of the portal at an address in what it shows without credentials."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http.auth import NoCredentials
from reconciler.http.client import HttpClient
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.portals.connection import RETRIES

_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])
# What the description of an embedded portal has.
_PATHS: Final = frozenset({"/partners", "/access-groups", "/grants", "/lease"})


def _is_embedded(found: Mapping[str, Any]) -> bool:
    paths = found.get("paths")
    return isinstance(paths, dict) and paths.keys() >= _PATHS


# The path to ask for, and whether its JSON is that of the type.
_DOCUMENTS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bool]]]] = {
    "embedded": ("openapi.json", _is_embedded),
    "drupal": ("jsonapi", lambda found: "jsonapi" in found and "links" in found),
    "keycloak": ("realms/master", lambda found: "realm" in found and "token-service" in found),
}


# A person waits for the answer.
_RETRIES: Final = msgspec.structs.replace(RETRIES, attempts=2)


async def detected_type(address: str, retries: RetryPolicy = _RETRIES) -> str | None:
    """Return the type of the portal at an address, or None if it is of none that can be detected.

    Raises PortalError where nothing answers, and InputError for an address that is not valid.
    """
    endpoint = Endpoint(
        name="the portal",
        auth=NoCredentials(),
        address=address.rstrip("/"),
        allow_http=True,
        hints=Hints(unreachable="check the address, and whether it can be reached from here"),
    )
    async with open_client(endpoint, retries) as client:
        for kind, (path, matches) in _DOCUMENTS.items():
            if matches(await _document(client, path)):
                return kind
    return None


async def _document(client: HttpClient, path: str) -> dict[str, Any]:
    """Return the JSON object at a path; an empty one if there is none."""
    try:
        response = await client.find(Request(path=path))
        return {} if response is None else decode_json(response.body, _OBJECT)
    except msgspec.DecodeError:
        return {}
    except PortalError:
        if client.last_headers:
            # It answers, but has something else there, such as a page.
            return {}
        raise
