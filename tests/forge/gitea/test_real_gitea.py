"""What the adapter makes of a real Gitea."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, TypeVar

import httpx2
import msgspec
import pytest

from reconciler.cli.git.fetch import beside
from reconciler.cli.git.proposal_branch import Author, ProposalBranch
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.cli.git.trees import tree_with_files
from reconciler.errors import InputError, PortalError
from reconciler.forge import (
    UpsertResult,
    close_proposal,
    connect,
    retry_policy,
    upsert_comment,
    upsert_issue,
    upsert_proposal,
)
from reconciler.model.approval import GivenApproval
from reconciler.model.document import Document
from reconciler.model.forge import (
    CheckState,
    Forge,
    ForgeSettings,
    Proposal,
    ProposalDraft,
    PullRequest,
    Verdict,
)
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import CheckResult
from reconciler.model.secret import SecretText
from reconciler.render.codeowners import codeowners
from tests.builders import configuration, partner
from tests.builders import repository as documents_in
from tests.cli.git.commits import committed, git
from tests.http.scripted import Naps
from tests.servers.gitea import GiteaServer, Repository, User

pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]

FILES: Final = {"reconciler.yaml": "kind: Configuration\n"}
MARKER: Final = "<!-- reconciler plan local -->"
NAME: Final = "reconciler plan (local)"
DIGEST: Final = f"sha256:{'1' * 64}"
OTHER: Final = f"sha256:{'2' * 64}"
_BRANCHES: Final = count(1)
_MERGE_SECONDS: Final = 60
Result = TypeVar("Result")


class World(msgspec.Struct, frozen=True):
    """A repository with a pull request of Ana's, the bot that we are, and people."""

    repository: Repository
    bot: User
    ana: User
    bo: User
    number: int
    branch: str

    @property
    def server(self) -> GiteaServer:
        return self.bot.server

    def run(self, work: Callable[[Forge], Awaitable[Result]], token: str = "") -> Result:
        """Do something as the bot, or with another token."""
        settings = ForgeSettings(
            kind="gitea",
            address=f"{self.server.url}/api/v1",
            project=self.repository.name,
            token=SecretText(token or self.bot.token),
            token_from="GITEA_TOKEN",
        )

        async def run() -> Result:
            naps = Naps()
            async with connect(settings, retry_policy(naps, lambda: 1.0, naps.clock)) as forge:
                return await work(forge)

        return asyncio.run(run())

    def head(self) -> str:
        return str(self.repository.ask("GET", f"/pulls/{self.number}")["head"]["sha"])

    def review(self, user: User, event: str = "APPROVED", **more: Any) -> Any:
        body = {"event": event, "body": "Seen.", **more}
        return self.repository.ask("POST", f"/pulls/{self.number}/reviews", body, by=user)

    def merge(self, how: str = "merge") -> str:
        """Merge once Gitea has checked that there are no conflicts, and return the commit on main."""
        end = monotonic() + _MERGE_SECONDS
        while True:
            try:
                self.repository.ask("POST", f"/pulls/{self.number}/merge", {"Do": how})
            except httpx2.HTTPStatusError as error:
                if error.response.status_code != httpx2.codes.METHOD_NOT_ALLOWED or monotonic() > end:
                    raise
                sleep(0.1)
            else:
                return str(self.repository.ask("GET", "/branches/main")["commit"]["id"])

    def approved(self) -> list[str]:
        async def work(forge: Forge) -> list[str]:
            return [each.login for each in (await forge.reviews(self.number)).approvals]

        return self.run(work)


@pytest.fixture(scope="module")
def people(gitea: GiteaServer) -> tuple[User, ...]:
    """The owner, the bot, Ana and Bo."""
    return tuple(gitea.new_user() for _ in range(4))


def opened_by(people: tuple[User, ...], repository: Repository, branch: str) -> World:
    _, bot, ana, bo = people
    repository.commit({f"partners/{branch}.yaml": "kind: Partner\n"}, branch, by=ana)
    return World(repository, bot, ana, bo, repository.open_pull(branch, by=ana), branch)


def new_repository(people: tuple[User, ...]) -> Repository:
    owner, *others = people
    repository = owner.new_repository(FILES)
    for each in others:
        repository.add(each)
    return repository


@pytest.fixture(scope="module")
def shared(people: tuple[User, ...]) -> Repository:
    """A repository in which each test has a pull request of its own."""
    return new_repository(people)


@pytest.fixture
def world(people: tuple[User, ...], shared: Repository) -> World:
    return opened_by(people, shared, f"change-{next(_BRANCHES)}")


@pytest.fixture
def fresh(people: tuple[User, ...]) -> World:
    """A repository that no other test has."""
    return opened_by(people, new_repository(people), "change")


def verdict(**more: Any) -> Verdict:
    given = {"name": NAME, "digest": DIGEST, "conclusion": "success", "title": "3 changes", "summary": ""}
    return Verdict(**{**given, **more})


def test_one_comment_is_kept_up_to_date_and_no_other_is_touched(world: World) -> None:
    for number in range(60):
        body = {"body": f"{MARKER}\nRemark {number}"}
        world.repository.ask("POST", f"/issues/{world.number}/comments", body, by=world.ana)

    async def work(forge: Forge) -> list[UpsertResult]:
        bodies = [f"{MARKER}\n\n{text} " for text in ("One", "One", "Two", "x" * 70_000)]
        return [await upsert_comment(forge, world.number, body, MARKER) for body in bodies]

    results = world.run(work)
    comments = world.repository.ask("GET", f"/issues/{world.number}/comments")
    ours = [each["body"].strip() for each in comments if each["user"]["login"] == world.bot.login]
    assert results == [
        UpsertResult.CREATED,
        UpsertResult.UNCHANGED,
        UpsertResult.CHANGED,
        UpsertResult.CHANGED,
    ]
    assert (len(comments), ours) == (61, [f"{MARKER}\n\n{'x' * 70_000}"])


def test_a_comment_that_was_deleted_is_not_there_to_be_changed(world: World) -> None:
    async def work(forge: Forge) -> bool:
        await forge.create_comment(world.number, MARKER, MARKER)
        found = await forge.comment(world.number, MARKER)
        assert found is not None
        world.repository.ask("DELETE", f"/issues/comments/{found.id}")
        return await forge.change_comment(world.number, found, "New")

    assert world.run(work) is False


def test_the_newest_status_of_ours_counts_whatever_others_set(world: World) -> None:
    head = world.head()
    forged = {"context": NAME, "state": "success", "description": OTHER}

    async def work(forge: Forge) -> list[CheckState | None]:
        found = [await forge.get_check(head, NAME)]
        for each in (verdict(), verdict(conclusion="pending"), verdict(conclusion="failure", digest=OTHER)):
            await forge.set_check(head, each)
            world.repository.ask("POST", f"/statuses/{head}", forged, by=world.ana)
            found.append(await forge.get_check(head, NAME))
        for _ in range(60):
            world.repository.ask("POST", f"/statuses/{head}", forged, by=world.ana)
        return [*found, await forge.get_check(head, NAME)]

    assert world.run(work) == [
        None,
        CheckState(DIGEST, passed=True),
        CheckState(DIGEST, passed=False),
        CheckState(OTHER, passed=False),
        CheckState(OTHER, passed=False),
    ]


def test_an_approval_has_its_commit_and_its_page(world: World) -> None:
    review = world.review(world.bo)

    async def work(forge: Forge) -> tuple[str, tuple[GivenApproval, ...]]:
        found = await forge.reviews(world.number)
        return found.author, found.approvals

    author, approvals = world.run(work)
    assert author == world.ana.login
    assert approvals == (GivenApproval(world.bo.login, world.head(), review["html_url"]),)
    assert review["html_url"].startswith(f"{world.server.url}/{world.repository.name}/pulls/{world.number}#")


def test_an_author_cannot_approve(world: World) -> None:
    with pytest.raises(httpx2.HTTPStatusError):
        world.review(world.ana)


def test_an_approval_ends_when_it_is_dismissed_deleted_replaced_or_asked_for_again(world: World) -> None:
    path = f"/pulls/{world.number}"
    seen = []
    review = world.review(world.bo)
    seen.append(world.approved())
    world.review(world.bo, "COMMENT")
    seen.append(world.approved())
    world.repository.ask(
        "POST", f"{path}/reviews/{review['id']}/dismissals", {"message": "No", "priors": True}
    )
    seen.append(world.approved())
    world.review(world.bo)
    world.review(world.bo, "REQUEST_CHANGES")
    seen.append(world.approved())
    review = world.review(world.bo)
    seen.append(world.approved())
    world.repository.ask("POST", f"{path}/requested_reviewers", {"reviewers": [world.bo.login]})
    seen.append(world.approved())
    review = world.review(world.bo)
    seen.append(world.approved())
    world.repository.ask("DELETE", f"{path}/reviews/{review['id']}", by=world.bo)
    seen.append(world.approved())

    bo = [world.bo.login]
    assert seen == [bo, bo, [], [], bo, [], bo, []]


def test_an_approval_that_was_begun_before_the_request_and_given_after_it_counts(world: World) -> None:
    path = f"/pulls/{world.number}"
    begun = world.review(world.bo, "PENDING")
    hidden = world.approved()
    world.repository.ask("POST", f"{path}/requested_reviewers", {"reviewers": [world.bo.login]})
    sleep(1.1)
    body = {"event": "APPROVED"}
    world.repository.ask("POST", f"{path}/reviews/{begun['id']}", body, by=world.bo)

    assert (hidden, world.approved()) == ([], [world.bo.login])


def test_an_approval_stays_at_its_commit_when_more_is_pushed(world: World) -> None:
    before = world.head()
    world.review(world.bo)
    world.repository.commit({"partners/bolt.yaml": "kind: Partner\n"}, world.branch, by=world.ana)

    async def work(forge: Forge) -> tuple[GivenApproval, ...]:
        return (await forge.reviews(world.number)).approvals

    assert [each.commit for each in world.run(work)] == [before]


def test_people_are_asked_for_a_review_once(world: World) -> None:
    cy, stranger = world.server.new_user(), world.server.new_user()
    world.repository.add(cy, "read")
    path = f"/pulls/{world.number}/requested_reviewers"

    async def work(forge: Forge) -> list[tuple[str, ...]]:
        async def ask(*users: User) -> tuple[str, ...]:
            return await forge.request_reviewers(world.number, [each.login for each in users])

        asked = [await ask(world.bo, cy), await ask(world.bo, cy)]
        world.repository.ask("DELETE", path, {"reviewers": [cy.login]})
        asked.append(await ask(cy))
        asked.append(await forge.request_reviewers(world.number, ["nobody", world.ana.login, stranger.login]))
        return asked

    # A stranger may read a public repository.
    assert world.run(work) == [(world.bo.login, cy.login), (), (), (stranger.login,)]


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_a_merge_is_found_with_the_head_that_was_reviewed(world: World, how: str) -> None:
    head = world.head()
    world.review(world.bo)
    merged = world.merge(how)
    # The branch goes on, which changes nothing about what was merged.
    world.repository.commit({"partners/late.yaml": "kind: Partner\n"}, world.branch, by=world.ana)

    async def work(forge: Forge) -> tuple[PullRequest | None, PullRequest | None, PullRequest, Any]:
        return (
            await forge.merged_as(merged, "main"),
            await forge.merged_as(merged, "next"),
            await forge.pull_request(world.number),
            await forge.review_of(merged),
        )

    found, elsewhere, pull, review = world.run(work)
    closed = PullRequest(world.number, head, is_open=False)
    assert (found, elsewhere, pull) == (closed, None, closed)
    assert (review.number, review.approvers) == (world.number, (world.bo.login,))
    assert world.head() != head


def test_open_pull_requests_are_found_by_their_head(world: World) -> None:
    head = world.head()

    async def work(forge: Forge) -> tuple[PullRequest, ...]:
        return await forge.open_at(head)

    before = world.run(work)
    world.merge()
    assert (before, world.run(work)) == ((PullRequest(world.number, head, is_open=True),), ())


def test_one_issue_is_kept_up_to_date_and_closed(fresh: World) -> None:
    fresh.repository.ask("POST", "/issues", {"title": "Drift", "body": MARKER}, by=fresh.ana)

    async def work(forge: Forge) -> list[UpsertResult]:
        async def keep(text: str, *, needed: bool = True) -> UpsertResult:
            return await upsert_issue(forge, "Drift", f"{MARKER}\n{text}", MARKER, needed=needed)

        return [
            await keep("", needed=False),
            await keep("One"),
            await keep("One"),
            await keep("Two"),
            await keep("None", needed=False),
            await keep("Again"),
        ]

    assert fresh.run(work) == [
        UpsertResult.NOTHING,
        UpsertResult.CREATED,
        UpsertResult.UNCHANGED,
        UpsertResult.CHANGED,
        UpsertResult.CLOSED,
        UpsertResult.CREATED,
    ]
    issues = fresh.repository.ask("GET", "/issues?type=issues&state=all")
    ours = [(each["state"], each["body"]) for each in issues if each["user"]["login"] == fresh.bot.login]
    assert sorted(ours) == [("closed", f"{MARKER}\nNone"), ("open", f"{MARKER}\nAgain")]


def test_a_team_has_its_members_if_the_token_may_read_them(world: World) -> None:
    name = f"org-{world.bot.login}"
    world.ana.ask("POST", "/orgs", {"username": name})
    body = {"name": "Freight", "units": ["repo.code"], "permission": "read"}
    team = world.ana.ask("POST", f"/orgs/{name}/teams", body)
    world.ana.ask("PUT", f"/teams/{team['id']}/members/{world.bo.login}")

    async def work(forge: Forge) -> list[frozenset[str] | None]:
        return [await forge.team_members(f"@{name}/{each}") for each in ("freight", "none")]

    assert (world.run(work, world.ana.token), world.run(work)) == (
        [frozenset({world.bo.login}), None],
        [None, None],
    )


def checked(world: World, token: str = "") -> dict[str, str]:
    async def work(forge: Forge) -> dict[str, str]:
        results: dict[str, str] = {}
        for check in forge.checks("2026-11-27"):
            try:
                result: CheckResult = await check.run()
                results[check.name] = f"{result.status}: {result.detail}"
            except PortalError as error:
                results[check.name] = f"error: {error.message}"
        return results

    return world.run(work, token)


def test_the_rights_of_a_token_are_found_without_writing_anything(fresh: World) -> None:
    found = checked(fresh)

    assert found == {
        "account": f"ok: user {fresh.bot.login}",
        "right-read": "ok: the token may read pull requests",
        "version": "ok: version 1.26.0",
        "rate-limit": "ok: no rate limit in the headers of the responses",
        "right-role": "ok: the user may write to the repository",
        "right-check": "ok: the token may set statuses",
        "right-comment": "ok: the token may comment on pull requests",
        "right-issue": "ok: the token may open issues",
    }
    assert len(fresh.repository.ask("GET", "/issues?state=all")) == 1


@pytest.mark.parametrize(
    ("scopes", "permission", "lacking"),
    [
        (("read:repository", "write:issue", "read:user"), "write", {"right-check"}),
        (("write:repository", "read:issue", "read:user"), "write", {"right-comment"}),
        (("write:repository", "write:issue", "read:user"), "read", {"right-role"}),
        (("write:repository", "write:issue"), "write", {"account"}),
    ],
)
def test_a_missing_right_is_named(
    world: World, scopes: tuple[str, ...], permission: str, lacking: set[str]
) -> None:
    user = world.server.new_user(scopes)
    world.repository.add(user, permission)
    found = checked(world, user.token)

    assert {name for name, text in found.items() if not text.startswith("ok")} == lacking


def set_up(world: World, token: str = "") -> dict[str, CheckResult]:
    expected = ExpectedSetup(secrets={"production": ("PORTAL_TOKEN",)}, approvals=True)

    async def work(forge: Forge) -> dict[str, CheckResult]:
        return {each.name: await each.run() for each in forge.setup_checks(expected)}

    return world.run(work, token)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is missing")
def test_the_calls_of_each_missing_step_set_up_a_repository(fresh: World) -> None:
    fresh.repository.ask("PATCH", "", {"has_actions": False})
    owner = fresh.repository.owner.token
    before = set_up(fresh, owner)
    for each in before.values():
        for call in each.fix.split(" && "):
            subprocess.run(
                ["bash", "-c", call],
                env={"PATH": os.environ["PATH"], "GITEA_TOKEN": owner},
                input=b"secret",
                capture_output=True,
                check=True,
            )
    # With the others, only the token of a job is used.
    between = set_up(fresh, owner)
    fresh.repository.ask("PUT", "/actions/secrets/RECONCILER_TOKEN", {"data": fresh.bot.token})

    assert {each.status for each in before.values()} == {"failed"}
    assert {name for name, each in between.items() if each.status != "ok"} == {"setup-secrets"}
    assert {each.status for each in set_up(fresh, owner).values()} == {"ok"}


def test_a_collaborator_does_not_see_how_a_repository_is_set_up(fresh: World) -> None:
    found = {name.removeprefix("setup-"): each.status for name, each in set_up(fresh).items()}

    assert found == {
        "repository": "failed",
        "actions": "ok",
        **dict.fromkeys(("variables", "secrets", "branch", "reviews", "checks"), "skipped"),
    }


def test_a_commit_that_a_push_replaced_can_still_be_fetched_with_a_token(
    fresh: World, tmp_path: Path
) -> None:
    fresh.repository.ask("PATCH", "", {"private": True})
    approved, folder = fresh.head(), tmp_path / "clone"
    address = fresh.repository.address.replace("://", f"://{fresh.ana.login}:{fresh.ana.token}@")
    git(tmp_path, "clone", "--quiet", "--single-branch", "--branch=main", address, "clone")
    git(folder, "switch", "--quiet", "--create", "change")
    committed(folder, "Begin again")
    git(folder, "push", "--quiet", "--force", address, "change")

    remote = Remote(fresh.repository.address, SecretText(fresh.bot.token))
    with beside(opened(folder), remote) as fetcher:
        before = fetcher.repository.has(approved)
        fetcher.require(approved)
        assert (before, fetcher.repository.has(approved)) == (False, True)
    wrong = Remote(fresh.repository.address, SecretText("wrong"))
    with beside(opened(folder), wrong) as fetcher, pytest.raises(InputError):
        fetcher.require(approved)


NASTY: Final = (
    "a b.yaml",
    "[id]*.yaml",
    "c++ (x) {1}|^$.yaml",
    "!no#te.yaml",
    "back\\slash.yaml",
    "日本.yaml",
)


def test_gitea_asks_the_owners_in_codeowners_whatever_the_files_are_called(fresh: World) -> None:
    others = [fresh.server.new_user() for _ in NASTY]
    users = dict(zip(NASTY, others, strict=True))
    owners = {user.login: {"email": "x@our-company.example", "gitea": f"@{user.login}"} for user in others}
    default = {fresh.bo.login: {"email": "b@our-company.example", "gitea": f"@{fresh.bo.login}"}}
    documents = [
        in_file(partner(f"p{number}", owner=user.login), f"partners/{name}")
        for number, (name, user) in enumerate(users.items())
    ]
    configured = configuration(owners={**default, **owners}, paths={"partners": ["Partner"]})
    files = documents_in(*documents, configured=configured)
    made = codeowners(files, "gitea", folder="", default=fresh.bo.login, guarded=[".gitea/CODEOWNERS"])
    fresh.repository.commit({".gitea/CODEOWNERS": "".join(f"{line}\n" for line in made.lines)})
    # The owners of files that a pull request leaves alone are not asked.
    changed = NASTY[:-1]
    fresh.repository.commit({f"partners/{name}": "x\n" for name in changed}, "nasty", by=fresh.ana)
    number = fresh.repository.open_pull("nasty", by=fresh.ana)

    asked = fresh.repository.ask("GET", f"/pulls/{number}")["requested_reviewers"]
    assert {each["login"] for each in asked} == {fresh.bo.login, *(users[name].login for name in changed)}


def in_file(document: Document, file: str) -> Document:
    document.file = file
    return document


def test_a_pull_request_of_the_bot_is_opened_updated_and_merged_at_its_head(fresh: World) -> None:
    bot, branch = fresh.bot, "reconciler/people"
    head = fresh.repository.commit({"people.lock": "kind: People\n"}, branch, by=bot)
    draft = ProposalDraft(branch, "main", "Update people.lock", "One leaves.")

    async def propose(forge: Forge) -> tuple[UpsertResult, int]:
        return await upsert_proposal(forge, await forge.proposal(branch, "main"), draft)

    def found() -> Proposal:
        proposal = fresh.run(lambda forge: forge.proposal(branch, "main"))
        assert proposal is not None
        return proposal

    def merge(commit: str) -> str:
        return fresh.run(lambda forge: forge.merge_proposal(number, commit))

    before = fresh.run(lambda forge: forge.proposal(branch, "main"))
    (created, number), proposed = fresh.run(propose), found()
    unchanged = fresh.run(propose)
    newer = fresh.repository.commit({"people.lock": "kind: People # edited\n"}, branch, by=fresh.ana)
    moved = merge(head)
    end = monotonic() + _MERGE_SECONDS
    while merge(newer) and monotonic() < end:
        sleep(0.1)
    merged = found()

    assert (before, created, unchanged) == (None, UpsertResult.CREATED, (UpsertResult.UNCHANGED, number))
    assert (proposed.number, proposed.head, proposed.state, proposed.author) == (
        number,
        head,
        "open",
        bot.login,
    )
    assert "One leaves." in proposed.body
    assert moved
    assert merged.state == "merged"
    assert fresh.run(lambda forge: forge.login()) == bot.login


def test_a_pull_request_of_the_bot_is_closed(fresh: World) -> None:
    branch = "reconciler/people"
    fresh.repository.commit({"people.lock": "kind: People\n"}, branch, by=fresh.bot)
    draft = ProposalDraft(branch, "main", "Update people.lock", "One leaves.")

    async def close(forge: Forge) -> Proposal | None:
        await upsert_proposal(forge, None, draft)
        found = await forge.proposal(branch, "main")
        assert found is not None
        await close_proposal(forge, found, "Nothing is left.")
        return await forge.proposal(branch, "main")

    closed = fresh.run(close)

    assert closed is not None
    assert closed.state == "closed"
    comments = fresh.repository.ask("GET", f"/issues/{closed.number}/comments")
    assert [each["body"].split("\n")[1] for each in comments] == ["Nothing is left."]


def test_computed_changes_are_pushed_to_a_branch_and_merged_with_those_of_people(
    fresh: World, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", fresh.repository.address_of(fresh.bot), "checkout")
    checkout = opened(tmp_path / "checkout")
    remote = Remote(fresh.repository.address, SecretText(fresh.bot.token), allow_http=True)
    author = Author(fresh.bot.login, "bot@example.com")

    def propose(text: str) -> bool:
        (checkout.top / "people.lock").write_text(text)
        with beside(checkout, remote) as fetcher:
            branch = ProposalBranch(fetcher, remote, "reconciler/people", "main", checkout.head())
            tree = tree_with_files(fetcher.repository, checkout.head(), checkout.top, ["people.lock"])
            branch.fetch()
            return branch.push(branch.update(tree, "Update people.lock", author).head)

    pushed = propose("a: 1\nb: 1\nc: 1\nd: 1\n")
    fresh.repository.commit({"people.lock": "a: 2\nb: 1\nc: 1\nd: 1\n"}, "reconciler/people", by=fresh.ana)
    merged = propose("a: 1\nb: 1\nc: 1\nd: 3\n")
    git(checkout.top, "fetch", "-q", "origin", "reconciler/people")

    assert (pushed, merged) == (True, True)
    assert git(checkout.top, "show", "FETCH_HEAD:people.lock") == "a: 2\nb: 1\nc: 1\nd: 3"
