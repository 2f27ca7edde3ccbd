import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.portal_server import create_app, issue_token
from tests.forge.github_server import GitHub
from tests.forge.github_state import Actor as Token
from tests.forge.serving import served
from tests.workflows.acting import COMMANDS, TOKEN, Actor
from tests.workflows.repository import copy_sample, sample
from tests.workflows.world import REPOSITORY, World, reconcile


@pytest.fixture(scope="session")
def filled_portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that holds the sample, to be copied."""
    if not (COMMANDS / "act").is_file():
        pytest.skip("act is not installed")
    folder = tmp_path_factory.mktemp("filled") / "portal"
    copy_sample(folder)
    reconcile(folder, "apply", "--portal=local", "--auto-approve")
    return folder


@pytest.fixture
def world(tmp_path: Path, filled_portal: Path) -> Iterator[World]:
    """A portal that holds the sample, a forge, and a repository with the sample on main."""
    (tmp_path / "commands").mkdir()
    (tmp_path / "commands" / "reconciler").symlink_to(COMMANDS / "reconciler")
    (tmp_path / "artifacts").mkdir()
    portal = tmp_path / "portal"
    shutil.copytree(filled_portal, portal)
    database = str(portal / ".reconciler" / "portal.db")
    github = GitHub(REPOSITORY)
    github.state.tokens[TOKEN] = Token("github-actions[bot]", 41898282, "github-actions", frozenset())
    tokens = {scope: issue_token(database, name=scope, scope=scope) for scope in ("read", "admin")}
    app = create_app(database)
    with closing(app.state.database), served(app) as url, served(github) as api:
        repository = sample(tmp_path, url)
        environment = {
            "GITHUB_API_URL": api,
            "GITHUB_REPOSITORY": REPOSITORY,
            "STAND_IN_ORIGIN": repository.origin.as_uri(),
            "STAND_IN_ARTIFACTS": str(tmp_path / "artifacts"),
        }
        yield World(
            portal=portal,
            github=github,
            repository=repository,
            actor=Actor(repository.folder, environment),
            artifacts=tmp_path / "artifacts",
            tokens=tokens,
        )
