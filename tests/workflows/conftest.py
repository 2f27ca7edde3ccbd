import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.portal_server import create_app, issue_token
from tests.clocks import start_at
from tests.forge.faults import Faults
from tests.forge.github_server import GitHub
from tests.forge.github_state import Actor as Token
from tests.forge.gitlab_server import GitLab
from tests.forge.serving import served
from tests.servers.gitea import GiteaServer
from tests.workflows.acting import COMMANDS, TOKEN, Actor
from tests.workflows.gitea_world import GiteaWorld, begin
from tests.workflows.gitlab_runner import GitLabRunner
from tests.workflows.place import TODAY, Place, reconcile, with_production, write_command
from tests.workflows.repository import copy_sample, sample
from tests.workflows.world import REPOSITORY, World


@pytest.fixture(scope="session")
def filled_portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that holds the sample, to be copied."""
    made = tmp_path_factory.mktemp("filled")
    folder, command = made / "portal", made / "commands" / "reconciler"
    copy_sample(folder)
    write_command(command)
    reconcile(command, folder, "apply", "--portal=local", "--auto-approve")
    return folder


@pytest.fixture
def place(tmp_path: Path, filled_portal: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A portal that holds the sample, and a repository with the sample on main."""
    command = tmp_path / "commands" / "reconciler"
    write_command(command)
    start_at(TODAY, monkeypatch)
    (tmp_path / "artifacts").mkdir()
    portal = tmp_path / "portal"
    shutil.copytree(filled_portal, portal)
    database = str(portal / ".reconciler" / "portal.db")
    tokens = {scope: issue_token(database, name=scope, scope=scope) for scope in ("read", "admin")}
    app = create_app(database)
    line = Faults(app)
    with closing(app.state.database), served(line) as url:
        yield Place(
            command=command,
            portal=portal,
            line=line,
            repository=sample(tmp_path, url),
            artifacts=tmp_path / "artifacts",
            tokens=tokens,
        )


@pytest.fixture
def production(place: Place) -> Iterator[Place]:
    """The place with a second portal, `production`, which is the portal of this place."""
    with with_production(place) as found:
        yield found


@pytest.fixture
def world(place: Place) -> Iterator[World]:
    """The place, and a GitHub whose workflows run there."""
    if not (COMMANDS / "act").is_file():
        pytest.skip("act is not installed")
    github = GitHub(REPOSITORY)
    github.state.tokens[TOKEN] = Token("github-actions[bot]", 41898282, "github-actions", frozenset())
    with served(github) as api:
        environment = {
            "GITHUB_API_URL": api,
            "GITHUB_REPOSITORY": REPOSITORY,
            "STAND_IN_ORIGIN": place.repository.origin.as_uri(),
            "STAND_IN_ARTIFACTS": str(place.artifacts),
        }
        yield World(place=place, github=github, actor=Actor(place.repository.folder, environment))


@pytest.fixture
def gitea_world(place: Place, gitea: GiteaServer) -> GiteaWorld:
    """The place, and a real Gitea whose workflows run there. Mark its tests with `xdist_group("gitea")`."""
    if not (COMMANDS / "act").is_file():
        pytest.skip("act is not installed")
    return begin(place, gitea)


@pytest.fixture
def gitlab(place: Place) -> Iterator[GitLabRunner]:
    """The place, and a GitLab whose pipelines run there."""
    forge = GitLab()
    with served(forge) as api:
        yield GitLabRunner(place=place, forge=forge, api=f"{api}/api/v4")
