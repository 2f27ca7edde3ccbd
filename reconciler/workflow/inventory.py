"""List partners, teams, people, groups or APIs with owner, status, end and number of people."""

from reconciler.access import InventoryQuery, inventory_rows
from reconciler.desired import build_desired_state
from reconciler.model.access import AccessFilter
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import kind_of
from reconciler.model.inventory import Inventory, Sort
from reconciler.model.kinds import partner_of, title_of
from reconciler.model.resource import Live
from reconciler.workflow import descriptions
from reconciler.workflow.access_report import unlisted_teams
from reconciler.workflow.validate import ValidationResult, require_readable


def inventory(checked: ValidationResult, sort: Sort, keep: AccessFilter, live: Live | None) -> Inventory:
    """Return the objects of a sort that a filter selects. Raises InputError when the files have errors."""
    with quiet_collector():
        delegated = frozenset[str]()
        if live is None:
            repository = require_readable(checked)
            wanted = build_desired_state(repository, checked.today)
            resources, delegated, paths = wanted.resources, unlisted_teams(wanted), wanted.paths
            described = descriptions.in_files(repository, resources.values())
        else:
            resources, paths = live.resources, live.paths
            described = descriptions.in_portal(live, checked.repository)
        teams = [each for each in resources if kind_of(each) == "team"]
        reach = Reach(gather(resources.values()), checked.today, paths)
        rows = inventory_rows(InventoryQuery(reach, teams, keep), sort, described.get(sort, []))
    names = sorted(title_of(team) for team in delegated if keep.partner in {None, partner_of(team)})
    return Inventory("files" if live is None else "portal", sort, tuple(rows), tuple(names))
