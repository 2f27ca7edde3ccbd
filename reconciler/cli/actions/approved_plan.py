"""Find the digest of the plan that a merge approved."""

from reconciler import forge
from reconciler.cli.actions.portals import log_failures, side_by_side
from reconciler.cli.ci import environment
from reconciler.cli.console import print_result
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.model.portal_results import PortalFailure, worst
from reconciler.workflow.sessions import ALL, choose_portals
from reconciler.workflow.validate import read_configuration


def print_approved(
    commit: str, app: str, config: str | None, names: tuple[str, ...], *, allow_http: bool
) -> int:
    """Print the digest of each portal, and return the exit code.

    Raises InputError, ForgeError, and PlanError where no plan was approved.
    """
    if not all(names) or not names or ALL in names:
        names = tuple(choose_portals(read_configuration(find_configuration(config)), names))
    job = environment.job(app, allow_http=allow_http)

    async def work(portal: str) -> str:
        async with forge.connect(job.settings, environment.retry_policy()) as connected:
            return await forge.approved(connected, commit, portal, job.branch)

    if len(names) == 1:
        print_result(run_async(work(names[0])))
        return 0
    found = run_async(side_by_side(names, work))
    for digest in found:
        if isinstance(digest, str):
            print_result(digest)
    failures = [each for each in found if isinstance(each, PortalFailure)]
    log_failures(failures)
    return worst(each.exit_code for each in failures)
