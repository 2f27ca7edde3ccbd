from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.forging import HEAD, Job
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place, copied
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab
from tests.forge.serving import Door, door


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A repository with one partner and one access group, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Place(tmp_path, capsys).write(
        reconciler=CONFIGURATION,
        catalog=CATALOG,
        partners__acme=PARTNER,
        **{"access-groups__tracking": GROUP},
    )


@pytest.fixture
def applied(place: Place, prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The place after its first apply."""
    if "applied place" not in prepared:
        place.run("apply", "--auto-approve")
        prepared["applied place"] = copied(place.folder, tmp_path_factory.mktemp("applied"))
    else:
        copied(prepared["applied place"], place.folder)
    return place


@pytest.fixture(scope="module")
def street() -> Iterator[Door]:
    """Where the forges of these tests stand, one after the other."""
    with door() as opened:
        yield opened


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    return Job(tmp_path, monkeypatch)


@pytest.fixture
def github(job: Job, street: Door) -> GitHub:
    """A GitHub with an open pull request, and a job that runs for it."""
    github = GitHub()
    github.state.open_pull(HEAD)
    street.behind = github
    job.on_github(street.address).reviews()
    return github


@pytest.fixture
def gitlab(job: Job, street: Door) -> GitLab:
    """A GitLab with an open merge request, and a job that runs for it."""
    gitlab = GitLab()
    gitlab.open_request(HEAD)
    street.behind = gitlab
    job.on_gitlab(street.address).set(CI_MERGE_REQUEST_IID="1", CI_COMMIT_SHA=HEAD)
    return gitlab
