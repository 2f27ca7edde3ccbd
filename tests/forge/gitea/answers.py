"""A Gitea that gives the same answers again and again, for what the real one is slow or hard to bring to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx2

from reconciler.forge import connect, retry_policy
from reconciler.model.forge import Forge, ForgeSettings
from reconciler.model.secret import SecretText
from tests.http.scripted import Answering, Naps

SERVER = "https://gitea.example"
PROJECT = "our-company/access"
BOT = {"id": 9, "login": "reconciler"}
JOB = {"id": -2, "login": "gitea-actions"}
Result = TypeVar("Result")


def settings() -> ForgeSettings:
    return ForgeSettings(
        kind="gitea",
        address=f"{SERVER}/api/v1",
        project=PROJECT,
        token=SecretText("gta_bot"),
        token_from="GITEA_TOKEN",
    )


class Answers:
    """What it answers to a method and path, which are below the repository unless they begin with `/`.

    A list is cut into pages of `size`; a function gets the request.
    """

    def __init__(self, answers: dict[str, Any], user: dict[str, Any] | None = None, size: int = 50) -> None:
        self._answers = {"GET /user": user or BOT, **answers}
        self._size = size
        self.requests: list[httpx2.Request] = []
        self.naps = Naps()

    def asked(self, method: str) -> list[str]:
        """Return the paths that were requested with a method."""
        return [_path(each) for each in self.requests if each.method == method]

    def run(self, work: Callable[[Forge], Awaitable[Result]]) -> Result:
        """Do something with this forge."""

        async def run() -> Result:
            retries = retry_policy(self.naps, lambda: 1.0, self.naps.clock)
            async with connect(settings(), retries, Answering(self._answer)) as forge:
                return await work(forge)

        return asyncio.run(run())

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.get(f"{request.method} {_path(request)}")
        if callable(answer):
            answer = answer(request)
        if answer is None:
            return httpx2.Response(404, json={"message": "The target couldn't be found.", "errors": []})
        if isinstance(answer, httpx2.Response):
            return answer
        if isinstance(answer, list) and "page" in request.url.params:
            return self._page(request, answer)
        return httpx2.Response(200, json=answer)

    def _page(self, request: httpx2.Request, items: list[Any]) -> httpx2.Response:
        start = (int(request.url.params["page"]) - 1) * self._size
        total = {"X-Total-Count": str(len(items))}
        return httpx2.Response(200, json=items[start : start + self._size], headers=total)


def _path(request: httpx2.Request) -> str:
    path = request.url.path.removeprefix("/api/v1")
    return path.removeprefix(f"/repos/{PROJECT}/")


def user(login: str, number: int) -> dict[str, Any]:
    return {"id": number, "login": login}
