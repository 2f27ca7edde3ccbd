"""Count the paths to APIs, which grow with teams times groups times products."""

from typing import Final, NamedTuple

from reconciler.model.graph.edges import Edges
from reconciler.model.ids import split_id

# Ten thousand partners with five hundred groups have a tenth of this. A path takes about 1 kB in a plan.
MAX_PATHS: Final = 1_000_000
# The same paths, counted for each listed person.
MAX_PATHS_OF_PEOPLE: Final = 5_000_000


class Size(NamedTuple):
    """The paths from holders and groups to APIs, and those from people to APIs."""

    paths: int
    of_people: int

    @property
    def problem(self) -> str:
        """The message about an exceeded limit, or an empty text."""
        if self.paths > MAX_PATHS:
            return f"{self.paths:,} paths lead from teams and groups to APIs, more than {MAX_PATHS:,}"
        if self.of_people > MAX_PATHS_OF_PEOPLE:
            return f"{self.of_people:,} paths lead from people to APIs, more than {MAX_PATHS_OF_PEOPLE:,}"
        return ""


def size(edges: Edges) -> Size:
    """Return the size of one state."""
    groups = {group: _through(group, edges) for group in edges.items.starts()}
    paths, of_people = sum(groups.values()), 0
    for holder in edges.grants.starts():
        held = sum(groups.get(group, 1) for group in edges.grants.of(holder))
        paths += held
        of_people += held * max(len(edges.members.of(holder)), 1)
    return Size(paths, of_people)


def _through(group: str, edges: Edges) -> int:
    """Return the number of paths through a group; a group without APIs counts as one."""
    items = map(split_id, edges.items.of(group))
    return max(sum(1 if sort == "api" else len(edges.contents.of(name)) for sort, name in items), 1)
