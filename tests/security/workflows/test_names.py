"""A tag or a branch is pushed whose name is like that of main."""

import pytest

from tests.workflows.gitlab_runner import GitLabRunner, on_main

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]


def test_a_tag_called_main_is_not_applied_each_morning(gitlab: GitLabRunner) -> None:
    repository = gitlab.place.repository
    main = gitlab.morning()
    repository.git("checkout", "--quiet", "--detach", "main")
    repository.commit({"reconciler.yaml": "apiVersion: of the tag"})
    repository.git("push", "--quiet", "origin", "HEAD:refs/tags/main")

    ran = gitlab.run("daily", "admin", main)

    assert (ran.returncode, "No changes." in ran.stdout) == (0, True), ran.stdout


def test_a_branch_whose_name_ends_in_that_of_main_does_not_hold_up_what_is_applied(
    gitlab: GitLabRunner,
) -> None:
    repository = gitlab.place.repository
    repository.git("push", "--quiet", "origin", "main:refs/heads/refs/heads/main")
    main = repository.git("rev-parse", "main")

    ran = gitlab.run("apply everything", "admin", on_main("web", main))

    assert (ran.returncode, "No changes." in ran.stdout) == (0, True), ran.stdout
