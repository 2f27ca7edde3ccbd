"""The same stage on each forge: one pull request, people who comment, and our side of the line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

import httpx2

from reconciler.forge import connect, retry_policy
from reconciler.forge.endpoint import LIMITS
from reconciler.http.limits import RunLimits
from reconciler.model.forge import Forge, ForgeSettings
from reconciler.model.secret import SecretText
from tests.forge.github_server import REPOSITORY, GitHub
from tests.forge.gitlab_server import GitLab
from tests.http.scripted import Naps

NOW = 1_795_494_600.0
HEAD = "a" * 40
MERGED = "b" * 40
TOKEN = "ghs_actions"
BOT = "glpat-bot"
_GITLAB = {"opened": "open", "closed": "closed"}
Result = TypeVar("Result")


class OnGitHub:
    """A pull request on GitHub."""

    posted = r"POST .*/issues/1/comments"
    changed = r"PATCH .*/issues/comments/\d+"

    def __init__(self) -> None:
        self.server = GitHub()
        self.naps = Naps()
        self.server.state.open_pull(HEAD)

    @property
    def state(self) -> Any:
        return self.server.state

    def says(self, body: str, who: str = "ghp_ana") -> None:
        self.state.comment(self.state.tokens[who], 1, {"body": body})

    def edit(self, body: str) -> None:
        for each in self._ours():
            self.state.edit(each["id"], {"body": body})

    def delete(self) -> None:
        for each in self._ours():
            self.state.delete(each["id"])

    def bodies(self, *, ours: bool) -> list[str]:
        return [each["body"] for each in self.state.comments if (each in self._ours()) is ours]

    def settings(self, token: str = TOKEN, app: str = "github-actions") -> ForgeSettings:
        return ForgeSettings(
            kind="github",
            address="https://github.example/api/v3",
            project=REPOSITORY,
            token=SecretText(token),
            token_from="GITHUB_TOKEN",
            app=app,
        )

    def opens(self, body: str, who: str = "ghp_ana") -> None:
        self.state.open_issue(self.state.tokens[who], {"title": "Help", "body": body})

    def issues(self) -> list[tuple[str, str]]:
        return [(each["state"], each["body"]) for each in self.state.issues]

    def _ours(self) -> list[dict[str, Any]]:
        return [each for each in self.state.comments if each["user"]["login"] == "github-actions[bot]"]


class OnGitLab:
    """A merge request on GitLab."""

    posted = r"POST .*/merge_requests/1/notes"
    changed = r"PUT .*/notes/\d+"

    def __init__(self) -> None:
        self.server = GitLab()
        self.naps = Naps()
        self.server.open_request(HEAD)

    def says(self, body: str, who: str = "glpat-ana") -> None:
        self.server.write_note(self.server.tokens[who], 1, body)

    def edit(self, body: str) -> None:
        for each in self._ours():
            each["body"] = body

    def delete(self) -> None:
        self.server.notes = [each for each in self.server.notes if each not in self._ours()]

    def bodies(self, *, ours: bool) -> list[str]:
        return [each["body"] for each in self.server.notes if (each in self._ours()) is ours]

    def settings(self, token: str = BOT) -> ForgeSettings:
        return ForgeSettings(
            kind="gitlab",
            address="https://gitlab.example/api/v4",
            project="42",
            token=SecretText(token),
            token_from="GITLAB_TOKEN",
        )

    def opens(self, body: str, who: str = "glpat-ana") -> None:
        self.server.open_issue(self.server.tokens[who], "Help", body)

    def issues(self) -> list[tuple[str, str]]:
        return [(_GITLAB[each["state"]], each["description"]) for each in self.server.issues]

    def _ours(self) -> list[dict[str, Any]]:
        return [each for each in self.server.notes if each["author"]["id"] == 100]


Stage: TypeAlias = OnGitHub | OnGitLab
STAGES: tuple[type[Stage], ...] = (OnGitHub, OnGitLab)


@asynccontextmanager
async def opened(
    stage: Stage,
    settings: ForgeSettings | None = None,
    line: httpx2.AsyncBaseTransport | None = None,
    limits: RunLimits = LIMITS,
) -> AsyncIterator[Forge]:
    """Open the forge of a stage, or of other settings, or with another transport."""
    retries = retry_policy(stage.naps, lambda: 1.0, stage.naps.clock)
    transport = line or httpx2.ASGITransport(stage.server)
    async with connect(settings or stage.settings(), retries, transport, limits) as forge:
        yield forge


def on(
    stage: Stage,
    work: Callable[[Forge], Awaitable[Result]],
    settings: ForgeSettings | None = None,
    line: httpx2.AsyncBaseTransport | None = None,
    limits: RunLimits = LIMITS,
) -> Result:
    """Do something with the forge of a stage, and return what comes of it."""

    async def run() -> Result:
        async with opened(stage, settings, line, limits) as forge:
            return await work(forge)

    return asyncio.run(run())


def writes(requests: Iterable[str]) -> list[str]:
    """Return the requests that may change something."""
    return [each for each in requests if not each.startswith("GET ")]
