"""Draw which package imports which in docs/architecture.md: `python docs/packages.py` updates it.

The floors are those of the import-linter contract in pyproject.toml. The arrows are the imports in the code;
an arrow that follows from others is left out.
"""

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Final

import grimp

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "architecture.md"
BEGIN: Final = "<!-- packages: begin -->\n"
END: Final = "<!-- packages: end -->\n"


def floors() -> list[list[str]]:
    """Return the packages of each floor, the highest floor first."""
    settings = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip(" ()") for name in layer.split("|")] for layer in layers]


def imports() -> dict[str, set[str]]:
    """Return the packages that each package imports."""
    graph = grimp.build_graph("reconciler", cache_dir=None)
    names = {name: f"reconciler.{name}" for name in chain.from_iterable(floors())}
    for package in names.values():
        graph.squash_module(package)
    return {
        name: {other for other in names if names[other] in graph.find_modules_directly_imported_by(package)}
        - {name}
        for name, package in names.items()
    }


def reduced(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the edges that do not follow from others."""
    return {
        name: near - set().union(*(_reach(edges, other) for other in near)) for name, near in edges.items()
    }


def _reach(edges: dict[str, set[str]], name: str) -> set[str]:
    return edges[name].union(*(_reach(edges, other) for other in edges[name]))


def mermaid() -> str:
    """Return the graph, one box for each floor."""
    lines = ["```mermaid", "flowchart TB"]
    for number, floor in enumerate(floors()):
        if len(floor) == 1:
            lines.append(f"  {floor[0]}")
        else:
            lines += [f'  subgraph floor{number}[" "]', *(f"    {name}" for name in sorted(floor)), "  end"]
    edges = reduced(imports())
    lines += [f"  {name} --> {' & '.join(sorted(edges[name]))}" for name in sorted(edges) if edges[name]]
    return "\n".join([*lines, "```", ""])


def updated(page: str) -> str:
    """Return the page with the current graph."""
    return re.sub(f"(?<={BEGIN}).*(?={END})", mermaid(), page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
