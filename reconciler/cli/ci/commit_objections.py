"""Whether an approval that was given for a commit covers a plan: its files decide the same."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from reconciler.cli.ci.environment import Job
from reconciler.cli.console import log
from reconciler.cli.git.commit_checkout import checked_commit
from reconciler.cli.git.fetch import Fetcher, beside
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.forge import Forge, verdict_name
from reconciler.model.plan import FILES, Plan
from reconciler.model.printable import printable
from reconciler.workflow.plan.decisions import decisions
from reconciler.workflow.validate import require_readable

_AGAIN: Final = "approve again"


class CommitObjections:
    """The objections of plans to commits, for which approvals were given.

    `head` is the newest commit of the pull request. An older one must have shown the changes of the plan.
    """

    def __init__(self, forge: Forge, job: Job, head: str, config: str | None, contexts: ExitStack) -> None:
        self._forge = forge
        self._job = job
        self._head = head
        self._config = config
        self._contexts = contexts
        self._fetcher: Fetcher | None = None

    async def __call__(self, plan: Plan, commit: str) -> str:
        """Return why an approval for a commit does not cover a plan; empty if it does. Raises PortalError."""
        given = f"given for {commit[:12]}"
        if commit != self._head and plan.changes:
            check = await self._forge.get_check(commit, verdict_name(plan.portal))
            if check is None or check.digest != plan.digest:
                return f"{given}, which had another plan; {_AGAIN}"
        try:
            digest = self._digest(plan, commit)
        except InputError as error:
            log(f"{commit} cannot be compared with the plan of {plan.portal}: {printable(error.message)}")
            return f"{given}, whose files cannot be compared with those of the plan; {_AGAIN}"
        return "" if digest == plan.decision_digest else f"{given}, which decides something else; {_AGAIN}"

    def _digest(self, plan: Plan, commit: str) -> str:
        """Return the digest of what the files of a commit decide. Raises InputError."""
        base = plan.source.base
        if base is None or not plan.decision_digest:
            raise InputError("the plan was made without a base")
        path = find_configuration(self._config)
        fetcher = self._fetcher or self._begin()
        for each in (base, commit):
            fetcher.require(each)
        with checked_commit(fetcher.repository, path.name, commit, base, plan.today) as checked:
            require_readable(checked)
            found = decisions(checked, None if plan.portal == FILES else plan.portal)
        if found is None:
            raise InputError("the files of the base have errors")
        return found.digest

    def _begin(self) -> Fetcher:
        """Return the repository with the commits; it is made when it is needed first."""
        address, settings = self._job.repository_address, self._job.settings
        remote = Remote(address, settings.token, settings.allow_http) if address else None
        checkout = opened(find_configuration(self._config).parent)
        self._fetcher = self._contexts.enter_context(beside(checkout, remote))
        return self._fetcher


@contextmanager
def commit_objections(forge: Forge, job: Job, head: str, config: str | None) -> Iterator[CommitObjections]:
    """Give the objections to commits of a pull request; temporary files exist as long as the context."""
    with ExitStack() as contexts:
        yield CommitObjections(forge, job, head, config, contexts)
