"""Approvals that do not count on a real Gitea, and one that does."""

from collections.abc import Callable
from time import sleep
from typing import Any, Final

import httpx2
import msgspec
import pytest

from tests.cli.conftest import job
from tests.cli.forging import Job
from tests.cli.running import Place
from tests.forge.reviewed import asking, saved
from tests.servers.gitea import GiteaServer, Repository, User

__all__ = ["job"]
pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]
CHECK: Final = "reconciler/approvals"
FILES: Final = {"reconciler.yaml": "kind: Configuration\n"}


class World(msgspec.Struct, frozen=True):
    """A pull request by ana, for whose plan bo can approve, and a job that runs for it."""

    place: Place
    job: Job
    repository: Repository
    ana: User
    bo: User
    mallory: User

    @property
    def head(self) -> str:
        return str(self.repository.ask("GET", "/pulls/1")["head"]["sha"])

    def review(self, user: User, event: str = "APPROVED") -> Any:
        return self.repository.ask("POST", "/pulls/1/reviews", {"event": event, "body": "Seen."}, by=user)

    def dismiss(self, review: Any) -> None:
        self.repository.ask("POST", f"/pulls/1/reviews/{review['id']}/dismissals", {"message": "No."})

    def push(self) -> None:
        self.repository.commit({"more.yaml": "kind: Other\n"}, "change", by=self.ana)

    def change_base(self, branch: str) -> None:
        self.repository.ask("PATCH", "/pulls/1", {"base": branch}, by=self.ana)

    def post_check(self) -> None:
        body = {"context": CHECK, "state": "success", "description": "Approved"}
        self.repository.ask("POST", f"/statuses/{self.head}", body, by=self.ana)

    def report(self, *approvers: str) -> tuple[int, str, str]:
        """Comment as the owner of the repository, and return the exit code and the newest check."""
        plan = saved(asking(logistics=approvers or (self.bo.login,)), self.place.folder)
        ran = self.place.run("comment", "plan", plan, f"--commit={self.head}")
        statuses = self.repository.ask("GET", f"/commits/{self.head}/statuses")
        newest = max((each for each in statuses if each["context"] == CHECK), key=lambda each: each["id"])
        return ran.code, newest["status"], newest["description"]

    @property
    def comment(self) -> str:
        (found,) = self.repository.ask("GET", "/issues/1/comments")
        return str(found["body"])

    @property
    def missing(self) -> tuple[int, str, str]:
        return 0, "pending", f"Missing: logistics ({self.bo.login})"


@pytest.fixture
def world(gitea: GiteaServer, place: Place, job: Job) -> World:
    owner, ana, bo, mallory = (gitea.new_user() for _ in range(4))
    repository = owner.new_repository(FILES)
    for user in (ana, bo, mallory):
        repository.add(user)
    repository.commit({"partners/acme.yaml": "kind: Partner\n"}, "change", by=ana)
    repository.open_pull("change", by=ana)
    job.set(GITEA_SERVER_URL=gitea.url, GITEA_REPOSITORY=repository.name, GITEA_TOKEN=owner.token)
    return World(place, job, repository, ana, bo, mallory)


ATTACKS: dict[str, Callable[[World], object]] = {
    "someone outside of the approvers": lambda world: world.review(world.mallory),
    "a dismissed review": lambda world: world.dismiss(world.review(world.bo)),
    "an approval that a request for changes follows": lambda world: (
        world.review(world.bo),
        world.review(world.bo, "REQUEST_CHANGES"),
    ),
    "a check that a branch set": lambda world: world.post_check(),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_only_an_approval_by_an_approver_counts(world: World, attack: str) -> None:
    ATTACKS[attack](world)

    assert world.report() == world.missing
    assert f"| `{world.bo.login}` |  | ⏳ **missing** |" in world.comment


def test_dismissals_bring_back_no_approval_that_a_request_for_changes_followed(world: World) -> None:
    approval = world.review(world.bo)
    objection = world.review(world.bo, "REQUEST_CHANGES")
    sleep(1.1)
    world.dismiss(approval)
    world.repository.ask("POST", f"/pulls/1/reviews/{approval['id']}/undismissals")
    restored = world.report()
    world.dismiss(objection)

    assert (restored, world.report()) == (world.missing, world.missing)


def test_an_approver_counts_in_any_case_until_the_next_push(world: World) -> None:
    before = world.report()
    asked = [each["login"] for each in world.repository.ask("GET", "/pulls/1")["requested_reviewers"]]
    link = world.review(world.bo)["html_url"]
    approved = world.report(world.bo.login.upper())
    comment = world.comment
    world.push()

    assert (before, asked, approved) == (
        world.missing,
        [world.bo.login],
        (0, "success", f"Approved: logistics ({world.bo.login})"),
    )
    assert f"| [`{world.bo.login}`]({link}) |  |" in comment
    assert world.report() == world.missing
    assert "approve again" in world.comment


def test_the_author_cannot_approve_for_an_owner(world: World) -> None:
    with pytest.raises(httpx2.HTTPStatusError, match="422"):
        world.review(world.ana)

    assert world.report(world.ana.login.upper()) == (0, "pending", "Missing: logistics")


def test_an_approval_of_a_small_difference_from_another_branch_does_not_cover_that_branch(
    world: World,
) -> None:
    world.repository.commit({"partners/bolt.yaml": "kind: Partner\n"}, "bolt", by=world.ana)
    world.change_base("bolt")
    approval = world.review(world.bo)
    world.change_base("main")
    # A person who can write can change the time of the approval this way, but not its commit.
    sleep(1.1)
    world.dismiss(approval)
    world.repository.ask("POST", f"/pulls/1/reviews/{approval['id']}/undismissals")

    assert world.report() == world.missing
    assert "before the base was changed; approve again" in world.comment

    world.review(world.bo)
    assert world.report() == (0, "success", f"Approved: logistics ({world.bo.login})")
