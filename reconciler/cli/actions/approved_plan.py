"""Find the digest of the plan that a merge approved."""

from reconciler import forge
from reconciler.cli.ci import environment
from reconciler.cli.console import print_result
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.workflow.sessions import choose_portal
from reconciler.workflow.validate import read_configuration


def print_approved(
    commit: str, app: str, config: str | None, portal_name: str | None, *, allow_http: bool
) -> None:
    """Print the digest. Raises InputError, ForgeError, and PlanError where no plan was approved."""
    portal = portal_name or choose_portal(read_configuration(find_configuration(config)), None)[0]
    job = environment.job(app, allow_http=allow_http)

    async def work() -> str:
        async with forge.connect(job.settings, environment.retry_policy()) as connected:
            return await forge.approved(connected, commit, portal, job.branch)

    print_result(run_async(work()))
