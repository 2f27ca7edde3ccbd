import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.forge.github_server import GitHub
from tests.forge.github_state import Actor as Token
from tests.forge.serving import served
from tests.workflows.acting import COMMANDS, TOKEN, Actor
from tests.workflows.repository import copy_sample, sample
from tests.workflows.world import REPOSITORY, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A portal that holds the sample, a forge, and a repository with the sample on main."""
    if not (COMMANDS / "act").is_file():
        pytest.skip("act is not installed")
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "reconciler").symlink_to(COMMANDS / "reconciler")
    home = tmp_path / "portal"
    copy_sample(home)
    reconcile(home, "apply", "--portal=local", "--auto-approve")
    github = GitHub(REPOSITORY)
    github.state.tokens[TOKEN] = Token("github-actions[bot]", 41898282, "github-actions", frozenset())
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    with served_portal(home) as url, served(github) as api:
        repository = sample(tmp_path, url)
        environment = {
            "GITHUB_API_URL": api,
            "GITHUB_REPOSITORY": REPOSITORY,
            "STAND_IN_ORIGIN": repository.origin.as_uri(),
            "STAND_IN_ARTIFACTS": str(artifacts),
        }
        yield World(
            portal=home,
            github=github,
            repository=repository,
            actor=Actor(repository.folder, environment),
            tokens={
                scope: reconcile(home, "portal", "token", "--portal=local", f"--scope={scope}")
                for scope in ("read", "admin")
            },
        )


@contextmanager
def served_portal(home: Path) -> Iterator[str]:
    """Serve the portal of a folder on a free port."""
    with subprocess.Popen(
        [COMMANDS / "reconciler", "portal", "serve", "--portal=local", "--port=0"],
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline().rpartition(" at ")[2].strip()
        finally:
            process.terminate()


def reconcile(home: Path, *arguments: str) -> str:
    """Run the reconciler in a folder, and return what it prints."""
    ran = subprocess.run(
        [COMMANDS / "reconciler", *arguments], cwd=home, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
