"""A pull request of a branch: opened once, its text kept up to date, closed, and merged at one head."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from reconciler.errors import PortalError
from reconciler.forge import UpsertResult, close_proposal, upsert_proposal
from reconciler.model.forge import Forge, Proposal, ProposalDraft
from tests.forge.stages import HEAD, STAGES, OnGitHub, Stage, on

everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)
BRANCH = "reconciler/people"
NEWER = "c" * 40
DRAFT = ProposalDraft(BRANCH, "main", "Update people.lock", "One leaves.")
TEXT = "<!-- reconciler proposal -->\nOne leaves.\n<!-- end of reconciler proposal -->"
Result = TypeVar("Result")


class Bot:
    """Our side: an App on GitHub, the bot of a project on GitLab."""

    def __init__(self, begin: type[Stage]) -> None:
        self.stage = begin()
        self.state: Any = self.stage.state if isinstance(self.stage, OnGitHub) else self.stage.server
        self.state.branches[BRANCH] = HEAD
        self.login = "people-bot[bot]" if isinstance(self.stage, OnGitHub) else "project_42_bot"

    def run(self, work: Callable[[Forge], Awaitable[Result]]) -> Result:
        if isinstance(self.stage, OnGitHub):
            return on(self.stage, work, self.stage.settings("ghs_bot", "people-bot"))
        return on(self.stage, work)

    def find(self, branch: str = BRANCH, base: str = "main") -> Proposal | None:
        return self.run(lambda forge: forge.proposal(branch, base))

    def upsert(self, text: str = "One leaves.") -> tuple[UpsertResult, int]:
        async def work(forge: Forge) -> tuple[UpsertResult, int]:
            draft = ProposalDraft(BRANCH, "main", DRAFT.title, text)
            return await upsert_proposal(forge, await forge.proposal(BRANCH, "main"), draft)

        return self.run(work)

    def merge(self, head: str = HEAD) -> str:
        return self.run(lambda forge: forge.merge_proposal(2, head))


@everywhere
def test_it_is_opened_and_updated(begin: type[Stage]) -> None:
    bot = Bot(begin)
    became = [bot.find(), bot.upsert(), bot.find(), bot.upsert(), bot.upsert("Two leave."), bot.find()]

    opened = Proposal(number=2, head=HEAD, state="open", author=bot.login, body=TEXT)
    changed = TEXT.replace("One leaves", "Two leave")
    assert became == [
        None,
        (UpsertResult.CREATED, 2),
        opened,
        (UpsertResult.UNCHANGED, 2),
        (UpsertResult.CHANGED, 2),
        Proposal(number=2, head=HEAD, state="open", author=bot.login, body=changed),
    ]


@everywhere
def test_an_opening_whose_answer_is_lost_is_not_repeated(begin: type[Stage]) -> None:
    bot = Bot(begin)
    path = r"POST .*/pulls" if isinstance(bot.stage, OnGitHub) else r"POST .*/merge_requests"
    bot.stage.server.add(path, done=True)

    assert bot.upsert() == (UpsertResult.CREATED, 2)
    assert len(bot.stage.server.asked(path)) == 1


@everywhere
def test_it_is_closed_with_a_comment(begin: type[Stage]) -> None:
    bot = Bot(begin)
    bot.upsert()
    found = bot.find()
    assert found is not None
    bot.run(lambda forge: close_proposal(forge, found, "Nothing is left."))
    closed = bot.find()

    assert closed is not None
    assert (closed.state, closed.body) == ("closed", TEXT)
    notes = bot.state.comments if isinstance(bot.stage, OnGitHub) else bot.state.notes
    assert [each["body"].split("\n")[1] for each in notes] == ["Nothing is left."]


@everywhere
def test_pull_requests_of_forks_and_of_other_branches_are_others(begin: type[Stage]) -> None:
    bot = Bot(begin)
    bot.upsert()
    if isinstance(bot.stage, OnGitHub):
        bot.state.pulls[2]["head"]["repo"] = {"full_name": "our-company/other"}
    else:
        bot.state.merge_requests[2]["source_project_id"] = 77

    assert (bot.find(), bot.find("change-1", "next")) == (None, None)
    assert bot.find("change-1") is not None


@everywhere
def test_it_is_merged_at_its_head_alone_and_once_its_checks_passed(begin: type[Stage]) -> None:
    bot = Bot(begin)
    bot.upsert()
    bot.state.required.add("reconciler/approvals")
    bot.state.branches[BRANCH] = NEWER
    moved = bot.merge()
    missing = bot.merge(NEWER)
    bot.state.required.clear()
    merged = bot.merge(NEWER)
    found = bot.find()

    assert (bool(moved), bool(missing), merged) == (True, True, "")
    assert found is not None
    assert (found.state, found.head) == ("merged", NEWER)
    assert bot.merge(NEWER)


def test_the_method_of_merging_is_one_that_github_allows() -> None:
    bot = Bot(OnGitHub)
    bot.upsert()
    bot.state.allow_merge_commit = False

    assert bot.merge() == ""


@everywhere
def test_a_token_that_may_not_write_is_refused(begin: type[Stage]) -> None:
    bot = Bot(begin)
    if isinstance(bot.stage, OnGitHub):
        bot.state.permit("ghs_bot", "pull_requests:read", "contents:read")
    else:
        bot.state.tokens["glpat-bot"] = bot.state.tokens["glpat-reporter"]

    with pytest.raises(PortalError, match="403"):
        bot.upsert()
