"""Partners, teams, people, groups or APIs as a table."""

from reconciler.model.counting import counted
from reconciler.model.inventory import Inventory
from reconciler.render.listing import NOUNS, cells, heads
from reconciler.render.text.style import Style, columns, listed


def inventory(inventory: Inventory, *, color: bool) -> str:
    """Return one row per object, and the total."""
    style = Style(color=color)
    head = [each.upper() for each in heads(inventory)]
    rows = ([cell or "-" for cell in cells(inventory, row)] for row in inventory.rows)
    table = columns([head, *rows]) if inventory.rows else []
    notes = [f"{counted(len(inventory.rows), *NOUNS[inventory.sort])}."]
    if inventory.delegated:
        notes.append(
            f"Not counted: members managed in the portal ({listed(inventory.delegated, 6)}). Use --live."
        )
    return "\n".join([*(style.paint(line, "bold") for line in table[:1]), *table[1:], *notes]) + "\n"
