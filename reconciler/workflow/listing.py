"""List: partners, teams, people, groups or APIs, with owner, status and end, and how many use them."""

from reconciler.model.access import AccessFilter
from reconciler.model.inventory import Inventory, Sort
from reconciler.model.quiet_collector import quiet_collector
from reconciler.model.resource import Live
from reconciler.workflow import descriptions
from reconciler.workflow.checking import Checked, require_readable
from reconciler.workflow.reaching import unlisted_teams


def inventory(checked: Checked, sort: Sort, keep: AccessFilter, live: Live | None) -> Inventory:
    """Return all objects of a sort that are asked for. Raises InputError for wrong files."""
    from reconciler.access import Inventoried, listed  # noqa: PLC0415  start-up counts
    from reconciler.desired import desire  # noqa: PLC0415
    from reconciler.model.graph.edges import gather  # noqa: PLC0415
    from reconciler.model.graph.reach import Reach  # noqa: PLC0415

    with quiet_collector():
        delegated = frozenset[str]()
        if live is None:
            repository = require_readable(checked)
            wanted = desire(repository, checked.today)
            resources, delegated = wanted.resources, unlisted_teams(wanted)
            described = descriptions.in_files(repository, resources.values())
        else:
            resources = live.resources
            described = descriptions.in_portal(live, checked.repository)
        teams = [each for each in resources if each.startswith("team/")]
        asked = Inventoried(Reach(gather(resources.values()), checked.today), teams, keep)
        rows = listed(asked, sort, described.get(sort, []))
    names = sorted(team.partition("/")[2] for team in delegated if keep.partner in {None, team.split("/")[1]})
    return Inventory("files" if live is None else "portal", sort, tuple(rows), tuple(names))
