"""List: partners, teams, people, groups or APIs, with owner, status and end, and how many use them."""

from reconciler.model.access import AccessFilter
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.inventory import Inventory, Sort
from reconciler.model.resource import Live
from reconciler.workflow import descriptions
from reconciler.workflow.access_report import unlisted_teams
from reconciler.workflow.validate import ValidationResult, require_readable


def inventory(checked: ValidationResult, sort: Sort, keep: AccessFilter, live: Live | None) -> Inventory:
    """Return the selected objects of a type. Raise InputError for invalid files."""
    from reconciler.access import InventoryQuery, inventory_rows  # noqa: PLC0415  start-up counts
    from reconciler.desired import build_desired_state  # noqa: PLC0415
    from reconciler.model.graph.edges import gather  # noqa: PLC0415
    from reconciler.model.graph.reachability import Reach  # noqa: PLC0415

    with quiet_collector():
        delegated = frozenset[str]()
        if live is None:
            repository = require_readable(checked)
            wanted = build_desired_state(repository, checked.today)
            resources, delegated = wanted.resources, unlisted_teams(wanted)
            described = descriptions.in_files(repository, resources.values())
        else:
            resources = live.resources
            described = descriptions.in_portal(live, checked.repository)
        teams = [each for each in resources if each.startswith("team/")]
        query = InventoryQuery(Reach(gather(resources.values()), checked.today), teams, keep)
        rows = inventory_rows(query, sort, described.get(sort, []))
    names = sorted(team.partition("/")[2] for team in delegated if keep.partner in {None, team.split("/")[1]})
    return Inventory("files" if live is None else "portal", sort, tuple(rows), tuple(names))
