"""Markdown: partners, teams, people, groups or APIs as a table."""

from reconciler.model.inventory import Inventory
from reconciler.render.listing import NOUNS, cells, heads
from reconciler.render.markdown.escaping import code, codes, table
from reconciler.render.text.style import counted

_MOST_TEAMS = 6


def inventory(found: Inventory) -> str:
    """Return a row for each object, and how many there are."""
    body = [[code(cell) if cell else "" for cell in cells(found, row)] for row in found.rows]
    lines = [*table([each.capitalize() for each in heads(found)], body), ""] if body else []
    lines.append(f"{counted(len(found.rows), *NOUNS[found.sort])}.")
    if found.delegated:
        teams = codes(found.delegated, _MOST_TEAMS)
        lines += ["", f"Not counted: members managed in the portal ({teams}). `--live` counts them."]
    return "\n".join(lines) + "\n"
