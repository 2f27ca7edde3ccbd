"""A repository on a server that wants a token, and a checkout of its main branch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.cli.git.remote import Remote
from reconciler.model.secret import SecretText
from tests.cli.git.commits import committed, git
from tests.forge.serving import served
from tests.servers.git_http import GitServer

TOKEN = "ghs_actions"


class Remotely:
    """A repository on a server, and a checkout of its main branch."""

    def __init__(self, folder: Path, address: str, server: GitServer) -> None:
        self.origin, self.checkout = folder / "our-company" / "access.git", folder / "checkout"
        self.address, self.server = f"{address}/our-company/access.git", server
        self.origin.mkdir(parents=True)
        self.first = self.commit("first")
        git(self.origin, "switch", "-q", "-c", "topic")
        self.topic = self.commit("topic")
        git(self.origin, "switch", "-q", "main")
        self.main = self.commit("main")

    def commit(self, text: str) -> str:
        (self.origin / text).write_text(text)
        return committed(self.origin, text)

    def clone(self, *options: str) -> Path:
        git(
            self.origin,
            "clone",
            "-q",
            "--single-branch",
            *options,
            f"file://{self.origin}",
            str(self.checkout),
        )
        return self.checkout

    def remote(self, token: str = TOKEN) -> Remote:
        return Remote(self.address, SecretText(token))


@contextmanager
def remotely_in(folder: Path) -> Iterator[Remotely]:
    """Serve a repository in a folder."""
    server = GitServer(folder, TOKEN)
    with served(server) as address:
        yield Remotely(folder, address, server)
