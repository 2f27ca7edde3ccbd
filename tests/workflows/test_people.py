"""A person who leaves the directory is out of the portal without anybody, run with act."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tests.cli.git.commits import git
from tests.forge.serving import served
from tests.servers.scim.application import BASE, ScimServer
from tests.servers.scim.application import TOKEN as SCIM_TOKEN
from tests.servers.scim.state import ScimState
from tests.workflows.acting import Ran
from tests.workflows.directory_files import directory_files
from tests.workflows.proposing import BOT, pulls, run, with_git
from tests.workflows.world import World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

ADAM: Final = "adam.kos@cargolane.example"
OTHERS: Final = [f"{name}@cargolane.example" for name in ("bo", "cy", "di", "ed", "flo")]
REMOVALS: Final = "reconciler/people-removals"


class Directory(msgspec.Struct, frozen=True):
    """A world whose accounting team of Cargolane takes its members from a directory."""

    world: World
    people: ScimState
    group: str

    def run(self, *, app: bool = True) -> Ran:
        """Run what the schedule starts."""
        given = {"people": "true", "merge_seconds": "0", "RECONCILER_DIRECTORY_TOKEN": SCIM_TOKEN}
        return run(self.world, "people.yml", "schedule", {"schedule": "23 * * * *"}, app=app, **given)

    def pulls(self) -> list[tuple[str, str, str | None]]:
        """Return the pull requests: the branch, the state, and who merged it."""
        return pulls(self.world)

    def plan(self, number: int) -> Ran:
        """Run what the pull request of a branch starts."""
        repository = self.world.place.repository
        branch = self.world.github.state.pull(number)["head"]["ref"]
        repository.git("fetch", "--quiet", "origin", f"+refs/heads/{branch}:refs/heads/change-{number}")
        return self.world.push_nothing(number)

    def pulled_main(self) -> None:
        """Let the working copy have the newest main."""
        repository = self.world.place.repository
        repository.git("checkout", "--quiet", "main")
        repository.git("fetch", "--quiet", "origin", "main")
        repository.git("reset", "--quiet", "--hard", "FETCH_HEAD")

    def lock(self, branch: str = "main") -> str:
        """Return people.lock in a branch."""
        return git(self.world.place.repository.origin, "show", f"{branch}:people.lock")


@pytest.fixture
def directory(world: World, tmp_path: Path) -> Iterator[Directory]:
    with directory_in(world, tmp_path, [ADAM]) as made:
        yield made


@contextmanager
def directory_in(world: World, folder: Path, members: list[str]) -> Iterator[Directory]:
    """Give a world with a directory, and a people.lock with these members on main."""
    people = ScimState()
    ids = [people.add_user(each) for each in members]
    group = people.add_group("Cargolane Accounts", *ids)
    repository = world.place.repository
    with served(ScimServer(people)) as url, with_git(world, folder) as made:
        bot = f'{{github: "{BOT}"}}'
        repository.push(
            directory_files(repository.folder, f"{url}{BASE}", bot, dict(zip(members, ids, strict=True)))
        )
        yield Directory(made, people, group)


def test_who_leaves_the_directory_is_out_of_the_portal_without_anybody(directory: Directory) -> None:
    world, state = directory.world, directory.world.github.state
    state.required.add("reconciler/approvals")
    same = directory.run()

    assert (same.jobs, directory.pulls()) == ({"read": "success", "propose": "success"}, []), same.log

    (adam,) = directory.people.users
    directory.people.disable(adam)
    opened = directory.run()

    assert opened.jobs == {"read": "success", "propose": "success"}, opened.log
    assert directory.pulls() == [(REMOVALS, "open", None), ("reconciler/people", "open", None)]

    planned = directory.plan(1)
    assert {planned.jobs["plan"], planned.jobs["report"]} == {"success"}, planned.log
    merged = directory.run()

    assert directory.pulls() == [(REMOVALS, "closed", BOT), ("reconciler/people", "closed", None)], merged.log
    assert ADAM not in directory.lock()
    directory.pulled_main()
    applied = world.merged(1)

    assert applied.jobs == {"apply": "success", "report": "success"}, applied.log
    assert [row for row in world.place.live("cargolane") if ADAM in str(row)] == []


def test_what_a_person_pushed_to_the_branch_is_not_merged(directory: Directory) -> None:
    directory.world.github.state.required.add("reconciler/approvals")
    (adam,) = directory.people.users
    directory.people.disable(adam)
    directory.run()
    repository = directory.world.place.repository
    repository.git("fetch", "--quiet", "origin", REMOVALS)
    repository.git("checkout", "--quiet", "-B", "edit", "FETCH_HEAD")
    lock = directory.lock(REMOVALS).replace(
        "members: []", 'members:\n        - {source: directory, id: "9", email: eve@cargolane.example}'
    )
    assert "eve" in lock
    repository.commit({"people.lock": f"{lock}\n"})
    repository.git("push", "--quiet", "origin", f"HEAD:refs/heads/{REMOVALS}")
    directory.world.github.state.required.clear()
    ran = directory.run()

    assert ran.jobs == {"read": "success", "propose": "success"}, ran.log
    assert (REMOVALS, "open", None) in directory.pulls()
    assert ADAM in directory.lock()
    assert "is not merged by itself" in str(directory.world.github.state.comments)


def test_when_too_many_leave_nothing_is_opened_and_the_run_fails(world: World, tmp_path: Path) -> None:
    with directory_in(world, tmp_path, OTHERS) as directory:
        for user in [*directory.people.users][1:]:
            directory.people.disable(user)
        ran = directory.run()

    assert (ran.jobs, directory.pulls()) == ({"read": "failure", "propose": "success"}, []), ran.log
    assert "Too many leave" in ran.log


def test_without_an_app_one_pull_request_waits_for_a_person(directory: Directory) -> None:
    (adam,) = directory.people.users
    directory.people.disable(adam)
    ran = directory.run(app=False)

    assert ran.jobs == {"read": "success", "propose": "success"}, ran.log
    assert directory.pulls() == [("reconciler/people", "open", None)]
    assert "when a member approves them" in directory.world.github.state.pulls[1]["body"]
