"""Adapters of portals, a package each; `http` sends what they ask for.

PORTALS is the list of the built-in types. Other packages add types by entry points of the group
`reconciler.portals`. A package is imported when a portal of its type is used, not before: commands that use
no portal stay fast, and code is loaded only for a type that the governing configuration names.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Final

from reconciler.errors import InputError
from reconciler.http.credentials import Credential as Credential
from reconciler.portals.package import Credentials as Credentials
from reconciler.portals.package import PortalType as PortalType

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

# The module of each built-in type; its PORTAL is the type.
PORTALS: Final[Mapping[str, str]] = {
    "drupal": "reconciler.portals.drupal",
    "embedded": "reconciler.portals.embedded",
    "keycloak": "reconciler.portals.keycloak",
    "apigee": "reconciler.portals.apigee",
    "konnect": "reconciler.portals.konnect",
}
GROUP: Final = "reconciler.portals"


def portal_type(name: str) -> PortalType:
    """Return a type of portal by its name. Raises InputError where no package, or several, provide it."""
    if name in PORTALS:
        found: PortalType = import_module(PORTALS[name]).PORTAL
        return found
    from importlib.metadata import entry_points  # noqa: PLC0415  start-up counts

    return _loaded(name, list(entry_points(group=GROUP, name=name)))


def require_known_type(name: str) -> None:
    """Raise InputError for a type that no package provides; nothing is loaded."""
    from importlib.metadata import entry_points  # noqa: PLC0415  start-up counts

    if name not in PORTALS and not entry_points(group=GROUP, name=name):
        raise _unknown(name)


def _unknown(name: str) -> InputError:
    known = sorted({*PORTALS, *_installed()})
    near = get_close_matches(name, known, n=1)
    installed = f"install its package; installed: {', '.join(known)}"
    hint = f'did you mean "{near[0]}"?' if near else installed
    return InputError(f'no package provides the portal type "{name}"', hint)


def _loaded(name: str, points: "list[EntryPoint]") -> PortalType:
    """Return what the one entry point of this name provides."""
    if not points:
        raise _unknown(name)
    if len({point.value for point in points}) > 1:
        packages = ", ".join(sorted(_package(point) for point in points))
        raise InputError(f'several packages provide the portal type "{name}"', f"keep one of: {packages}")
    [point, *_] = points
    try:
        found = point.load()
    except Exception as error:
        message = f'the portal type "{name}" cannot be loaded: {type(error).__name__}: {error}'
        raise InputError(message, f"repair or update the package {_package(point)}") from error
    if not isinstance(found, PortalType):
        message = f'the portal type "{name}" cannot be used: {point.value} is not a PortalType'
        raise InputError(message, f"repair or update the package {_package(point)}")
    return found


def _installed() -> set[str]:
    from importlib.metadata import entry_points  # noqa: PLC0415  start-up counts

    return {point.name for point in entry_points(group=GROUP)}


def _package(point: "EntryPoint") -> str:
    return point.dist.name if point.dist else point.value
