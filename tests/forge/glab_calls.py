"""glab, as far as the fixes of doctor call it: each call becomes one to the API of the small GitLab."""

import asyncio
import shlex
from typing import Any

import httpx2

from tests.forge.gitlab_server import GitLab

OWNER = "glpat-owner"


def run_fix(gitlab: GitLab, fix: str) -> None:
    """Run the calls of a fix in their order."""
    for call in fix.split(" && "):
        host, glab, *words = shlex.split(call)
        assert (host, glab) == ("GITLAB_HOST=gitlab.example", "glab")
        match words:
            case ["api", "--method", method, path, *fields]:
                assert fields[::2] == ["--field"] * (len(fields) // 2)
                _send(gitlab, method, path, dict(each.split("=", 1) for each in fields[1::2]))
            case ["variable", verb, key, *options, "--scope", scope]:
                _variable(gitlab, verb, key, scope, options)
            case _:
                raise AssertionError(f"glab: unknown call: {words}")


def _variable(gitlab: GitLab, verb: str, key: str, scope: str, options: list[str]) -> None:
    body = {"masked": "--masked" in options, "protected": "--protected" in options}
    place = f"projects/42/variables/{key}?filter[environment_scope]={scope}"
    match verb:
        case "set":
            whole = {**body, "key": key, "environment_scope": scope, "value": "s3cret-value"}
            _send(gitlab, "POST", "projects/42/variables", whole)
        case "update":
            _send(gitlab, "PUT", place, body)
        case "delete":
            _send(gitlab, "DELETE", place, {})
        case _:
            raise AssertionError(f"glab variable: unknown verb: {verb}")


def _send(gitlab: GitLab, method: str, path: str, body: dict[str, Any]) -> None:
    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(gitlab)
        async with httpx2.AsyncClient(transport=transport, base_url="https://gitlab.example") as client:
            return await client.request(
                method, f"/api/v4/{path}", json=body, headers={"PRIVATE-TOKEN": OWNER}
            )

    answer = asyncio.run(send())
    assert answer.is_success, answer.text
