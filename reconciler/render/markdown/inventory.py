"""Markdown: partners, teams, people, groups or APIs as a table."""

from reconciler.model.counting import counted
from reconciler.model.inventory import Inventory
from reconciler.render.listing import NOUNS, cells, heads
from reconciler.render.markdown.escaping import code, codes, table

_MOST_TEAMS = 6


def inventory(inventory: Inventory) -> str:
    """Return one row per object, and the total."""
    body = [[code(cell) if cell else "" for cell in cells(inventory, row)] for row in inventory.rows]
    lines = [*table([each.capitalize() for each in heads(inventory)], body), ""] if body else []
    lines.append(f"{counted(len(inventory.rows), *NOUNS[inventory.sort])}.")
    if inventory.delegated:
        teams = codes(inventory.delegated, _MOST_TEAMS)
        lines += ["", f"Not counted: members managed in the portal ({teams}). `--live` counts them."]
    return "\n".join(lines) + "\n"
