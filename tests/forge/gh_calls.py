"""gh, as far as the fixes of doctor call it: each call becomes one to the API of the small GitHub."""

import asyncio
import json
import shlex
from typing import Any

import httpx2

from tests.forge.github_server import REPOSITORY, GitHub

ADMIN = "ghp_olga"
_GONE = 204


def run_fix(github: GitHub, fix: str) -> None:
    """Run the calls of a fix in their order."""
    for call in fix.split(" && "):
        words = shlex.split(call)
        while "=" in words[0]:
            words.pop(0)
        assert words.pop(0) == "gh"
        _call(github, words)


def _call(github: GitHub, words: list[str]) -> None:
    state = github.state
    match words:
        case ["api", "--method", method, path]:
            _send(github, method, path, None)
        case ["api", "--method", method, path, "--input", "-", "<<<", body]:
            _send(github, method, path, json.loads(body))
        case ["secret", "set", name, "--env", place, "--repo", repository] if repository == REPOSITORY:
            assert place in state.environments, "gh refuses an environment that does not exist"
            state.secrets.add((place, name))
        case ["secret", "delete", name, "--repo", repository] if repository == REPOSITORY:
            state.secrets.remove(("", name))
        case ["variable", "set", name, "--body", value, "--repo", repository] if repository == REPOSITORY:
            state.variables[name] = value
        case ["variable", "delete", name, "--repo", repository] if repository == REPOSITORY:
            del state.variables[name]
        case ["label", "create", name, "--repo", repository] if repository == REPOSITORY:
            state.labels.append(name)
        case ["repo", "edit", repository, "--visibility", "private", consequences]:
            assert consequences == "--accept-visibility-change-consequences"
            _send(github, "PATCH", f"repos/{repository}", {"private": True})
        case _:
            raise AssertionError(f"gh: unknown call: {words}")


def _send(github: GitHub, method: str, path: str, body: Any) -> None:
    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(github)
        async with httpx2.AsyncClient(transport=transport, base_url="https://github.example") as client:
            headers = {"Authorization": f"Bearer {ADMIN}"}
            return await client.request(method, f"/{path}", json=body, headers=headers)

    answer = asyncio.run(send())
    assert answer.status_code in {200, 201, _GONE}, answer.text
