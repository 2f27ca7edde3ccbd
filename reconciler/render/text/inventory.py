"""Partners, teams, people, groups or APIs as a table for people."""

from reconciler.model.inventory import Inventory
from reconciler.render.listing import NOUNS, cells, heads
from reconciler.render.text.style import Style, columns, counted, listed


def inventory(found: Inventory, *, color: bool) -> str:
    """Return a row for each object, and how many there are."""
    style = Style(color=color)
    head = [each.upper() for each in heads(found)]
    rows = ([cell or "-" for cell in cells(found, row)] for row in found.rows)
    table = columns([head, *rows]) if found.rows else []
    notes = [f"{counted(len(found.rows), *NOUNS[found.sort])}."]
    if found.delegated:
        notes.append(
            f"Not counted: members managed in the portal ({listed(found.delegated, 6)}). Use --live."
        )
    return "\n".join([*(style.paint(line, "bold") for line in table[:1]), *table[1:], *notes]) + "\n"
