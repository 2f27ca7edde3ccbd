"""Whether an approval that was given for a commit covers a plan: its files decide the same."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from reconciler.cli.ci.environment import Job
from reconciler.cli.ci.repository_paths import from_root
from reconciler.cli.console import log
from reconciler.cli.git.checked_commit import checked_commit
from reconciler.cli.git.fetch import Fetcher, beside
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.cli.git.trees import changed_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.file_names import PEOPLE
from reconciler.model.forge import Forge, verdict_name
from reconciler.model.plan import FILES, Plan
from reconciler.model.printable import printable
from reconciler.workflow.plan.decisions import decisions
from reconciler.workflow.validate import require_readable

_AGAIN: Final = "approve again"
_FILE: Final = "100644 "


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

    def excess(self, plan: Plan) -> str:
        """Return what a plan's branch changes besides people.lock, as a reason; empty if it is nothing."""
        base, commit = plan.source.base, plan.source.commit
        if base is None or commit is None:
            return "the plan does not name the commits that it compares"
        try:
            changed = self._changed(base, commit)
        except InputError as error:
            log(f"{commit} cannot be compared with {base}: {printable(error.message)}")
            return "the changed files cannot be compared"
        lock = from_root(find_configuration(self._config).with_name(PEOPLE))
        if others := sorted(changed.keys() - {lock}):
            return f"the branch also changes {printable(others[0])}"
        return "" if changed.get(lock, _FILE).startswith(_FILE) else f"{lock} is not a plain file"

    def _changed(self, base: str, commit: str) -> dict[str, str]:
        """Return the files that a commit changes in its merge base with another one. Raises InputError."""
        fetcher = self._fetcher or self._begin()
        for each in (base, commit):
            fetcher.require(each)
        unrelated = InputError("they have no commit in common")
        top = fetcher.repository.top
        return changed_files(top, fetcher.repository.common_ancestor(commit, base, unrelated), commit)

    def _digest(self, plan: Plan, commit: str) -> str:
        """Return the digest of what the files of a commit decide. Raises InputError."""
        base = plan.source.base
        if base is None or not plan.decision_digest:
            raise InputError("the plan was made without a base")
        path = find_configuration(self._config)
        fetcher = self._fetcher or self._begin()
        for each in (base, commit):
            fetcher.require(each)
        checked = checked_commit(fetcher.repository, path.name, commit, base, plan.today)
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
