"""A repository on GitHub, and a job on its main branch that proposes changes with the token of an App."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.cli.forging import Job
from tests.cli.git.commits import BO, committed, git
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.serving import served
from tests.servers.bare_repository import BareRepository
from tests.servers.git_http import GitServer

BRANCH = "reconciler/sync"
TITLE = "Update partners"
APP = "people-bot"


class Proposing:
    """The checkout of a job in the current folder, and the clone of Bo, who pushes to branches."""

    def __init__(self, place: Place, github: GitHub, job: Job, remote: Path, server: str) -> None:
        self.place, self.state, self.job = place, github.state, job
        self.folder = place.folder
        self.state.pulls.clear()
        (self.folder / ".gitignore").write_text(".reconciler\nevent.json\n")
        job.set(GITHUB_SERVER_URL=server, GITHUB_TOKEN="ghs_bot")
        job.merges(committed(self.folder, "Begin"))
        address = remote / "our-company" / "access.git"
        git(self.folder, "clone", "-q", "--bare", ".", str(address))
        git(self.folder, "remote", "add", "forge", str(address))
        self.git = self.state.git = BareRepository(address)
        self.person = remote / "bo"

    def propose(self, *options: str) -> Ran:
        """Propose what the files have now."""
        return self.place.run("propose", "--branch", BRANCH, "--title", TITLE, "--app", APP, *options)

    def replace(self, old: str, new: str, name: str = "partners/acme.yaml") -> None:
        """Change a file of the checkout, as another command does."""
        path = self.folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def commit(self, branch: str = BRANCH, **files: str | None) -> str:
        """Let Bo commit files to a branch, from their names with `__` for slashes; return the commit."""
        if not self.person.exists():
            git(self.folder, "clone", "-q", str(self.git.folder), str(self.person))
        git(self.person, "fetch", "-q", "origin")
        start = f"origin/{branch}" if self.git.head(branch) else "origin/main"
        git(self.person, "switch", "-q", "-C", branch, start)
        for name, text in files.items():
            path = self.person / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(dedent(text))
        made = committed(self.person, "Change it", BO)
        self.push(branch)
        return made

    def push(self, branch: str = BRANCH, *options: str) -> None:
        """Let Bo push."""
        git(self.person, "push", "-q", *options, "origin", f"HEAD:refs/heads/{branch}")

    def next_run(self) -> None:
        """Check out the newest commit of main, as the next job does."""
        git(self.folder, "fetch", "-q", "forge", "main")
        git(self.folder, "reset", "-q", "--hard", "FETCH_HEAD")
        git(self.folder, "clean", "-qfd", "-e", "event.json")
        self.job.merges(git(self.folder, "rev-parse", "HEAD"))

    def read(self, name: str = "partners/acme.yaml", branch: str = BRANCH) -> str:
        """Return a file of a branch."""
        return git(self.git.folder, "show", f"{branch}:{name}") + "\n"

    def commits(self, branch: str = BRANCH) -> int:
        """Return how many commits a branch has."""
        return int(git(self.git.folder, "rev-list", "--count", branch))

    @property
    def pull(self) -> dict[str, Any]:
        """The newest pull request."""
        self.state.follow()
        return self.state.pulls[max(self.state.pulls)]


@contextmanager
def proposing_at(place: Place, github: GitHub, job: Job, remote: Path) -> Iterator[Proposing]:
    """Serve the repositories in the folder `remote` to the token of the App."""
    with served(GitServer(remote, "ghs_bot")) as address:
        yield Proposing(place, github, job, remote, address)
