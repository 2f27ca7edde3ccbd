"""The workflows that `reconciler init --ci gitea` writes, run by act beside a real Gitea."""

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from reconciler.scaffold.editors import template
from tests.servers.gitea import GiteaServer, Repository
from tests.workflows.acting import Ran
from tests.workflows.partners import FJORDHANDEL, LEAVER, NORDLYS
from tests.workflows.world import FORK, REPOSITORY, World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]

FORGE: Final = {"full_name": REPOSITORY, "default_branch": "main"}
FILES: Final = {"partners/nordlys.yaml": NORDLYS}
PLAN: Final = "reconciler plan (staging)"


class Site(msgspec.Struct, frozen=True):
    """The world, its workflows, and its repository on Gitea."""

    world: World
    workflows: Path
    gitea: Repository

    def run(self, name: str, event: str, payload: dict[str, Any], *scopes: str) -> Ran:
        """Run a workflow for an event; the runner gets a token of the portal for each of the scopes."""
        named = {"read": "PORTAL_TOKEN_READ", "admin": "PORTAL_TOKEN"}
        secrets = {named[scope]: self.world.place.tokens[scope] for scope in scopes}
        secrets["RECONCILER_TOKEN"] = self.gitea.owner.token
        forge = {"GITEA_SERVER_URL": self.gitea.owner.server.url, "GITEA_REPOSITORY": self.gitea.name}
        actor = msgspec.structs.replace(
            self.world.actor, environment={**self.world.actor.environment, **forge}
        )
        variables = {"RECONCILER_PORTAL": "staging"}
        return actor.run(self.workflows / name, event, payload, secrets, variables)

    def push(self, branch: str) -> None:
        """Push a branch to Gitea."""
        owner = self.gitea.owner
        address = self.gitea.address.replace("://", f"://{owner.login}:{owner.token}@")
        self.world.place.repository.git("push", "--quiet", "--force", address, branch)

    def propose(self, repository: str = REPOSITORY, base: str = "main") -> Ran:
        """Run what a pull request with the new partner starts."""
        head = self.world.place.repository.propose(1, FILES)
        self.push("change-1")
        number = self.gitea.open_pull("change-1")
        pull = {
            "number": number,
            "head": {"ref": "change-1", "sha": head, "repo": {"full_name": repository}},
            "base": {"ref": base, "repo": {"full_name": REPOSITORY}},
        }
        payload = {"pull_request": pull, "repository": FORGE}
        return self.run("plan.yml", "pull_request", payload, "read")

    def merge(self) -> Ran:
        """Merge the pull request, and run what that starts."""
        before, after = self.world.place.repository.merge(1)
        self.push("main")
        self.gitea.ask("POST", "/pulls/1/merge", {"Do": "manually-merged", "MergeCommitID": after})
        return self.pushed(before, after)

    def pushed(self, before: str, after: str) -> Ran:
        """Run what a push to main starts."""
        payload = {"ref": "refs/heads/main", "before": before, "after": after, "repository": FORGE}
        self.world.place.repository.git("checkout", "--quiet", "--detach", after)
        return self.run("apply.yml", "push", payload, "admin")

    def daily(self) -> Ran:
        """Run what the schedule starts."""
        self.world.place.repository.git("checkout", "--quiet", "main")
        return self.run("daily.yml", "schedule", {"schedule": "17 4 * * *"}, "read", "admin")

    def comments(self) -> list[str]:
        """Return the comments on the pull request."""
        return [each["body"] for each in self.gitea.ask("GET", "/issues/1/comments")]


@pytest.fixture
def site(world: World, gitea: GiteaServer, tmp_path: Path) -> Site:
    """A world whose workflows use the action of the repository that they run in."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    for name in ("plan.yml", "apply.yml", "daily.yml"):
        (folder / name).write_text(template(f"gitea/{name}"))
    site = Site(world, folder, gitea.new_user().new_repository())
    site.gitea.ask("PATCH", "", {"has_actions": False, "allow_manual_merge": True})
    site.push("main")
    return site


def test_a_pull_request_is_planned_and_its_merge_applied(site: Site) -> None:
    planned = site.propose()
    live = site.world.place.live

    (comment,) = site.comments()
    assert planned.jobs == {"validate": "success", "plan": "success"}
    assert (comment.splitlines()[0], "1 person gains access" in comment) == (
        "<!-- reconciler plan staging -->",
        True,
    )
    head = site.gitea.ask("GET", "/pulls/1")["head"]["sha"]
    statuses = {each["context"]: each["status"] for each in site.gitea.ask("GET", f"/statuses/{head}")}
    assert (statuses[PLAN], live("nordlys")) == ("success", [])

    merged = site.merge()

    assert (merged.jobs, live("nordlys") != []) == ({"apply": "success"}, True)
    assert [each.splitlines()[2] for each in site.comments()] == [
        "### ✅ Applied to `staging` at 2026-11-24 04:17 UTC"
    ]


def test_another_plan_than_the_one_in_the_pull_request_is_not_applied(site: Site) -> None:
    site.propose()
    head = site.gitea.ask("GET", "/pulls/1")["head"]["sha"]
    status = {"context": PLAN, "state": "success", "description": f"sha256:{'2' * 64} Another"}
    site.gitea.ask("POST", f"/statuses/{head}", status)

    merged = site.merge()

    assert (merged.jobs, site.world.place.live("nordlys")) == ({"apply": "failure"}, [])
    (comment,) = site.comments()
    assert comment.splitlines()[2] == "### 🔴 Merged but not applied to `staging`"


def test_who_leaves_is_out_although_a_rule_denies_the_rest_of_the_merge(site: Site) -> None:
    denied = NORDLYS.replace("  agreement: MSA-2026-101\n", "")
    files = {"partners/nordlys.yaml": denied, "partners/fjordhandel.yaml": FJORDHANDEL}

    ran = site.pushed(*site.world.place.repository.push(files))

    live = site.world.place.live
    left = {row["person"] for row in live("fjordhandel")}
    assert (ran.jobs, live("nordlys")) == ({"apply": "failure"}, [])
    assert (LEAVER in left, len(left) > 0) == (False, True)


def test_a_fork_is_compared_with_the_files_of_main_alone(site: Site) -> None:
    assert site.propose(repository=FORK).jobs == {"validate": "success", "fork": "success"}


def test_for_another_base_nothing_is_planned(site: Site) -> None:
    ran = site.propose(base="mine")

    assert set(ran.jobs.values()) == {"failure"}
    assert "mine is not one of the bases that are planned: main" in ran.log


def test_an_old_commit_is_not_applied(site: Site) -> None:
    old = site.world.place.repository.push(FILES)
    site.world.place.repository.push({"partners/nordlys.yaml": None})

    ran = site.pushed(*old)

    assert (ran.jobs, site.world.place.live("nordlys")) == ({"apply": "failure"}, [])


def test_every_day_drift_fails_the_job_and_is_in_an_issue_until_it_is_gone(site: Site) -> None:
    repository = site.world.place.repository
    repository.push(FILES)
    found = [site.daily().jobs]
    (opened,) = site.gitea.ask("GET", "/issues?type=issues&state=open")
    repository.push({"partners/nordlys.yaml": None})
    found.append(site.daily().jobs)

    assert found == [{"expire": "failure"}, {"expire": "success"}]
    assert (opened["title"], "partner/nordlys" in opened["body"]) == (
        "The portal staging differs from the files",
        True,
    )
    assert [each["state"] for each in site.gitea.ask("GET", "/issues?type=issues&state=all")] == ["closed"]
