"""The configuration and the catalog of a new repository."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.field_types import API_VERSION
from reconciler.scaffold.settings import NewRepository, Owner, PortalEntry
from reconciler.scaffold.yaml_text import flow

_LONGEST: Final = 100


def configuration(new: NewRepository) -> str:
    """Return the text of reconciler.yaml."""
    lines = [
        "# yaml-language-server: $schema=schemas/configuration.schema.json",
        "# Which files define access, who is responsible, and where the portal is.",
        f"apiVersion: {API_VERSION}",
        "kind: Configuration",
        f"metadata: {{name: {flow(new.name)}}} # in the portal, it labels what is managed here",
        "spec:",
        "  paths:",
        "    partners: [Partner]",
        "    access-groups: [AccessGroup, ApiProduct]",
        "    catalog.yaml: [Catalog]",
        "  owners: # who is responsible for partners, groups and APIs, and reviews their files",
        *_owners(new),
        f"  defaultPortal: {flow(new.portal.name)}",
        "  portals:",
        *_portal(new.portal),
    ]
    return "".join(f"{line}\n" for line in lines)


def catalog(owner: Owner) -> str:
    """Return the text of an empty catalog, with an example in a comment."""
    lines = [
        "# yaml-language-server: $schema=schemas/catalog.schema.json",
        "# The APIs that the portal offers, for example:",
        f"#   - {{name: orders-v1, displayName: Orders, owner: {flow(owner.name)}}}",
        f"apiVersion: {API_VERSION}",
        "kind: Catalog",
        "metadata: {name: catalog}",
        "spec:",
        "  apis: []",
    ]
    return "".join(f"{line}\n" for line in lines)


def _owners(new: NewRepository) -> Iterator[str]:
    """Yield a line for each owner."""
    for name in (new.owner.name, *(each for each in new.others if each != new.owner.name)):
        yield f"    {flow(name)}: {flow(_owner(new.owner, new.ci))}"


def _owner(owner: Owner, forge: str) -> dict[str, str]:
    handle = {forge: owner.handle} if owner.handle and forge != "none" else {}
    return {"email": owner.email, **handle}


def _portal(portal: PortalEntry) -> Iterator[str]:
    """Yield the lines of a portal: one, or one for each setting where that would be too long."""
    line = f"    {flow(portal.name)}: {flow(portal.settings)}"
    if len(line) <= _LONGEST:
        yield line
        return
    yield f"    {flow(portal.name)}:"
    yield from (f"      {key}: {flow(value)}" for key, value in portal.settings.items())
