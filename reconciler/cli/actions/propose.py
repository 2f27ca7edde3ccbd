"""Keep one pull request with the changed files of a checkout up to date."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler import forge
from reconciler.cli.actions.self_merge import Proposed, merge_proposal, not_covered
from reconciler.cli.ci import environment
from reconciler.cli.ci.environment import Job
from reconciler.cli.console import log, print_result
from reconciler.cli.git.commit_files import inside
from reconciler.cli.git.fetch import beside
from reconciler.cli.git.proposal_branch import Author, BranchUpdate, ProposalBranch
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.cli.git.trees import tree_of, tree_with_files
from reconciler.cli.runtime import run_async
from reconciler.cli.storage import text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError, PlanError
from reconciler.forge import UpsertResult
from reconciler.model.file_names import PEOPLE
from reconciler.model.forge import Forge, Proposal, ProposalDraft
from reconciler.model.printable import printable
from reconciler.render import markdown
from reconciler.workflow.validate import read_configuration, settings

# A push of another user in between is merged, too.
_ATTEMPTS: Final = 3
_BRANCH: Final = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9._/-]*[A-Za-z0-9_-]")
_DONE: Final = (
    "This pull request is not needed any more: the base has its changes, or they are not computed any more."
)


class ProposeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the command."""

    branch: str
    title: str
    body: str | None
    base: str | None
    paths: tuple[str, ...]
    app: str
    config: str | None
    allow_http: bool
    merge: bool
    wait: float


def propose_changes(options: ProposeOptions) -> int:
    """Open, update or close the pull request, and print what was done.

    Raises InputError, ForgeError, and PlanError where other users push again and again.
    """
    job = environment.job(options.app, allow_http=options.allow_http)
    draft = ProposalDraft(
        _checked("--branch", options.branch),
        _checked("--base", options.base or job.branch or ""),
        options.title,
        text_files.read(Path(options.body)) if options.body else "",
    )
    if draft.branch == draft.base:
        raise InputError(f"--branch: {draft.branch} is the base", "name another branch")
    if not job.repository_address:
        raise InputError("the environment does not name the server of the repository", "run this in a job")
    for line in run_async(_propose(job, draft, options)):
        print_result(printable(line))
    return 0


async def _propose(job: Job, draft: ProposalDraft, options: ProposeOptions) -> list[str]:
    configuration = find_configuration(options.config)
    checkout = opened(configuration.parent)
    remote = Remote(job.repository_address, job.settings.token, job.settings.allow_http)
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        with beside(checkout, remote) as fetcher:
            base = checkout.head()
            fetcher.require(base)
            paths = _paths(configuration, options.paths)
            tree = tree_with_files(fetcher.repository, base, configuration.parent, paths)
            branch = ProposalBranch(fetcher, remote, draft.branch, draft.base, base)
            login = await connected.login()
            author = Author(login, f"{login}@users.noreply.{urlsplit(remote.address).hostname}")
            proposing = _Proposing(connected, branch, draft, author)
            if not options.merge:
                return [(await proposing.run(tree))[0]]
            if tree != tree_of(fetcher.repository.top, base):
                commit, bot = branch.commit(tree, draft.title, author), (job.settings.kind, login)
                if reason := not_covered(fetcher.repository, configuration.name, base, commit, bot):
                    return [f"Nothing was proposed: {reason}."]
            text, proposed = await proposing.run(tree)
            if proposed is None:
                return [text]
            return [text, await merge_proposal(connected, branch, proposed, options.wait)]


class _Proposing:
    """A branch and its pull request."""

    def __init__(
        self, connected: Forge, branch: ProposalBranch, draft: ProposalDraft, author: Author
    ) -> None:
        self._forge = connected
        self._branch = branch
        self._draft = draft
        self._author = author

    async def run(self, tree: str) -> tuple[str, Proposed | None]:
        """Push the changes, open, update or close the pull request.

        Return what was done, and the pull request if it is open and ours.
        """
        for _ in range(_ATTEMPTS):
            self._branch.fetch()
            found = await self._forge.proposal(self._draft.branch, self._draft.base)
            update = self._branch.update(tree, self._draft.title, self._author)
            if update.is_empty:
                return await self._close(found), None
            if update.is_pushed or self._branch.push(update.head):
                text, number = await self._show(found, update)
                return text, None if number is None else Proposed(number, update.head, tree)
        raise PlanError(
            f"other users pushed to {self._draft.branch} {_ATTEMPTS} times meanwhile", "run this job again"
        )

    async def _close(self, found: Proposal | None) -> str:
        if found is None or found.state != "open":
            return "No changes."
        await forge.close_proposal(self._forge, found, _DONE)
        return f"Closed #{found.number}: {self._draft.base} has all changes."

    async def _show(self, found: Proposal | None, update: BranchUpdate) -> tuple[str, int | None]:
        """Open the pull request, or update its text; return its number if it is open and ours."""
        if found is not None and update.is_pushed and found.state == "closed" and found.head == update.head:
            text = f"#{found.number} was closed by a person, and has the same changes: nothing was opened."
            return text, None
        if found is not None and found.state == "open" and found.author != self._author.name:
            log(f"Warning: {found.author} opened #{found.number}; its text was left alone.")
            return f"#{found.number} has these changes.", None
        text = markdown.proposal(self._draft.body, update.edited)
        draft = msgspec.structs.replace(self._draft, body=text)
        result, number = await forge.upsert_proposal(self._forge, found, draft)
        if result is UpsertResult.UNCHANGED and not update.is_pushed:
            result = UpsertResult.CHANGED
        return f"#{number}: {result}.", number


def _paths(configuration: Path, given: tuple[str, ...]) -> set[str]:
    """Return the paths to compare, from the folder of the configuration. Raises InputError."""
    if not given:
        spec = settings(read_configuration(configuration)).spec
        return inside([*spec.paths, configuration.name, PEOPLE])
    top = configuration.parent.resolve()
    paths = {(Path.cwd() / path).resolve() for path in given}
    if outside := [path for path in paths if not path.is_relative_to(top)]:
        raise InputError(f"{outside[0]} is not in the folder of the configuration, {top}")
    return {path.relative_to(top).as_posix() for path in paths}


def _checked(option: str, name: str) -> str:
    if not name:
        raise InputError(f"this job does not run for a branch, so {option} is needed")
    if not _BRANCH.fullmatch(name):
        raise InputError(f'{option}: "{name}" is not the name of a branch')
    return name
