"""A person who leaves the directory is out of people.lock on GitLab without anybody."""

from pathlib import Path
from typing import Final

import pytest

from tests.cli.git.commits import git
from tests.forge.serving import served
from tests.servers.bare_repository import BareRepository
from tests.servers.git_http import GitServer
from tests.servers.scim.application import BASE, ScimServer
from tests.servers.scim.application import TOKEN as SCIM_TOKEN
from tests.servers.scim.state import ScimState
from tests.workflows.directory_files import directory_files
from tests.workflows.gitlab_runner import GitLabRunner, on_main, started

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

ADAM: Final = "adam.kos@cargolane.example"
REMOVALS: Final = "reconciler/people-removals"


def test_who_leaves_the_directory_is_merged_out_of_people_lock(gitlab: GitLabRunner, tmp_path: Path) -> None:
    people = ScimState()
    adam = people.add_user(ADAM)
    people.add_group("Cargolane Accounts", adam)
    repository, forge = gitlab.place.repository, gitlab.forge
    below = tmp_path / "served" / "halden-freight"
    below.mkdir(parents=True)
    (below / "access.git").symlink_to(repository.origin)
    forge.git = BareRepository(repository.origin)
    forge.required.add("reconciler/approvals")
    with (
        served(ScimServer(people)) as url,
        served(GitServer(tmp_path / "served", "glpat-bot")) as server,
    ):
        bot = "{gitlab: project_42_bot}"
        repository.push(directory_files(repository.folder, f"{url}{BASE}", bot, {ADAM: adam}))
        people.disable(adam)
        known = on_main(
            "schedule",
            repository.git("rev-parse", "main"),
            RECONCILER_TASK="people",
            RECONCILER_MERGE_SECONDS="0",
            RECONCILER_DIRECTORY_TOKEN=SCIM_TOKEN,
            CI_SERVER_URL=server,
            CI_PROJECT_PATH="halden-freight/access",
        )
        assert started(known) == ["validate", "pull people", "propose people"]
        pulled = gitlab.run("pull people", "read", known)
        waiting = gitlab.run("propose people", "read", known)
        head = forge.merge_requests[1]["sha"]
        member = forge.tokens["glpat-bot"]
        forge.set_status(member, head, {"name": "reconciler/approvals", "state": "success"})
        again = gitlab.run("pull people", "read", known)
        merged = gitlab.run("propose people", "read", known)

    assert [each.returncode for each in (pulled, waiting, again, merged)] == [0] * 4, waiting.stdout
    assert "#1 is not merged yet" in waiting.stdout
    assert "#1: merged." in merged.stdout
    requests = [each["state"] for each in forge.merge_requests.values()]
    assert requests == ["merged", "closed"]
    assert forge.merge_requests[1]["merge_user"]["username"] == "project_42_bot"
    assert ADAM not in git(repository.origin, "show", "main:people.lock")
