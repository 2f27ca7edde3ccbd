"""The table of portals in the README is what their capabilities say."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from reconciler.model.field_types import fields_of
from reconciler.model.kinds import KINDS
from reconciler.model.portal import Capabilities
from reconciler.model.portal_settings import Fallbacks
from reconciler.portals import PORTALS, portal_type
from reconciler.project.limits import needed_fallbacks

README: Final = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
_FALLBACKS: Final = fields_of(Fallbacks).keys()
# Settings without a default that capabilities depend on.
_NEEDED: Final[dict[str, dict[str, Any]]] = {"drupal": {"profile": "apiboost"}}
_LINK: Final = re.compile(r"\(docs/portals/(\w+)\.md\)")


def table() -> dict[str, dict[str, str]]:
    """Return the cells of each type of portal, by the first words of their rows."""
    section = README.partition("\n## Portals\n")[2].partition("\n## ")[0]
    head, _, *rows = [_cells(line) for line in section.splitlines() if line.startswith("|")]
    names = [found[1] if (found := _LINK.search(cell)) else cell for cell in head]
    return {
        name: {row[0].partition(",")[0]: row[place] for row in rows}
        for place, name in enumerate(names)
        if place
    }


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def capabilities(name: str) -> Capabilities:
    """Return what a type of portal can store with the least settings."""
    found, settings = portal_type(name), {"type": name, **_NEEDED.get(name, {})}
    return found.capabilities(found.settings.model_construct(**settings))


def renamed(can: Capabilities) -> str:
    """Return what can be renamed; where there are no partners, their names are those of their teams."""
    renameable = {name for name, kind in KINDS.items() if kind.renameable and name in can.kinds}
    if not can.renames:
        return "none"
    if "access-group" in renameable and can.renames >= renameable:
        return "every kind"
    assert can.renames - {"partner"} == {"team"}
    return "partners and teams"


def test_every_type_of_portal_has_a_column() -> None:
    assert table().keys() == PORTALS.keys()


@pytest.mark.parametrize("name", PORTALS)
def test_the_fallbacks_of_a_portal_are_those_that_it_needs(name: str) -> None:
    text = " ".join(table()[name].values())
    named = {word for word in re.findall(r"`(\w+): [\w-]+`", text) if word in _FALLBACKS}

    assert named == needed_fallbacks(capabilities(name))


@pytest.mark.parametrize("name", PORTALS)
def test_the_other_cells_of_a_portal_are_its_capabilities(name: str) -> None:
    cells, can = table()[name], capabilities(name)

    assert cells["renames"] == renamed(can)
    assert (cells["one run at a time"] == "lease") == can.leases
    assert ("entity tags" in cells["concurrent edits"]) == can.preconditions
    assert ("enforced by the portal" in cells["ends (`until`)"]) == can.enforces_until
    assert ("invited by e-mail" in cells["people without an account"]) == can.invitations
    assert can.owner_labels
