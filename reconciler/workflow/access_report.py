"""Who can use which API, by the files or in a portal, and where that is defined."""

import msgspec

from reconciler.access import report
from reconciler.desired import build_desired_state
from reconciler.errors import PortalError
from reconciler.model.access import AccessFilter, AccessReport
from reconciler.model.document import Document
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.graph.size import size
from reconciler.model.kinds import kind_row, team_of
from reconciler.model.portal import Portal, Progress
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.model.rule import file_errors
from reconciler.project import expand, grants_apis, without_teams_of_one
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.live_addresses import with_live_addresses
from reconciler.workflow.live_state import read_live, require_complete
from reconciler.workflow.validate import ValidationResult, require_readable, settings


def access_in_files(checked: ValidationResult, keep: AccessFilter) -> AccessReport:
    """Return who can use which API by the files. Raises InputError when the files have errors."""
    repository = require_readable(checked)
    wanted = build_desired_state(repository, checked.today)
    return report(
        Reach(gather(wanted.resources.values()), checked.today),
        catalogued(repository),
        source="files",
        delegated=unlisted_teams(wanted),
        keep=keep,
    )


def unlisted_teams(wanted: Desired) -> frozenset[ResourceId]:
    """Return the teams with people who are in no file: of admins, of a source, or of an external partner."""
    grants = [each.id for each in wanted.resources.values() if kind_row(each.kind).is_grant]
    granted = {team for each in grants if (team := team_of(each))}
    return wanted.delegated.union(wanted.not_pulled) | (granted - wanted.resources.keys())


async def read_whole(
    portal: Portal, checked: ValidationResult, configuration: Document, progress: Progress
) -> Live:
    """Return all objects of a portal, with grants to people in place of grants to their teams of one.

    The paths by groups that grants of APIs replace are included, if the files can be read. Raises PortalError
    if not everything could be read.
    """
    owner_label = settings(configuration).metadata.name
    with quiet_collector():
        live = await read_live(portal, owner_label, progress)
        require_complete(live)
        resources = without_teams_of_one(live.resources, owner_label)
        if checked.repository and grants_apis(portal.capabilities) and not file_errors(checked.findings):
            wanted = build_desired_state(checked.repository, checked.today)
            live = msgspec.structs.replace(live, paths=expand(wanted).paths)
    return msgspec.structs.replace(live, resources=resources)


def access_in_portal(live: Live, today: str, keep: AccessFilter) -> AccessReport:
    """Return who can use which API in a portal, including delegated members and invitations.

    Raises PortalError where a report about everything would be too large.
    """
    with quiet_collector():
        edges = gather(live.resources.values())
        if keep == AccessFilter() and (problem := size(edges).problem):
            raise PortalError(f"in the portal, {problem}", "choose a partner, team, group, API or person")
        return report(Reach(edges, today, live.paths), live.apis, source="portal", keep=keep)


def edges(checked: ValidationResult, report: AccessReport, live: Live | None) -> dict[ResourceId, Resource]:
    """Return the edges of the paths in a report, with their places in the files where they have one."""
    desired = build_desired_state(require_readable(checked), checked.today)
    wanted = (with_live_addresses(desired, live) if live else desired).resources
    found = {}
    for each in {edge for row in report.rows for edge in row.edges}:
        asked = wanted.get(each)
        # In a portal that grants APIs, the files alone have the grants of groups.
        held = live.resources.get(each, asked) if live else asked
        if held:
            found[each] = msgspec.structs.replace(held, origin=asked.origin if asked else None)
    return found
