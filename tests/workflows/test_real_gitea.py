"""The workflows that `reconciler init --ci gitea` writes, with the events and tokens of a real Gitea."""

import pytest

from tests.workflows.gitea_world import GiteaWorld
from tests.workflows.partners import NORDLYS

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]


def test_a_pull_request_is_planned_and_its_merge_applied(gitea_world: GiteaWorld) -> None:
    number = gitea_world.open({"partners/nordlys.yaml": NORDLYS}, by=gitea_world.repository.owner)
    planned = gitea_world.work(gitea_world.head(number))

    assert planned.jobs == {"Validate": "success", "Plan without a portal": "skipped", "Plan": "success"}
    assert "1 person gains access" in planned.log
    assert gitea_world.place.live("nordlys") == []

    merged = gitea_world.work(gitea_world.merge(number))

    assert merged.jobs == {"Apply": "success"}
    assert gitea_world.place.live("nordlys") != []
