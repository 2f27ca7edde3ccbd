"""The double of Drupal answers as a real Drupal 10 did, exchange by exchange."""

import asyncio
import json
from base64 import b64encode
from datetime import datetime
from typing import Any

import httpx2

from reconciler.http.in_process import InProcess
from tests.servers.drupal.recorded import EXCHANGES, as_recorded, recorded_site
from tests.servers.drupal.server import Drupal

URL = "http://127.0.0.1:8890"
HEADERS = ("Content-Type", "Location", "Allow", "WWW-Authenticate")


def test_each_recorded_request_gets_the_recorded_response() -> None:
    site = recorded_site()

    async def replayed() -> list[tuple[str, Any, Any]]:
        async with httpx2.AsyncClient(base_url=URL, transport=InProcess(Drupal(site))) as client:
            found = []
            for each in EXCHANGES:
                response = each["response"]
                site.now = max(site.now, _time(response["body"]) or site.now)
                expected = (response["status"], response["headers"], as_recorded(response["body"]))
                found.append((each["label"], expected, await _answer(client, each)))
            return found

    differences = [each for each in asyncio.run(replayed()) if each[1] != each[2]]

    assert len(EXCHANGES) == 51
    assert differences == []


async def _answer(client: httpx2.AsyncClient, exchange: dict[str, Any]) -> Any:
    request = exchange["request"]
    headers = {"Accept": "application/vnd.api+json", **request["headers"]}
    if request["user"] is not None:
        password = "not it" if "wrong password" in exchange["label"] else request["user"]
        headers["Authorization"] = _basic(request["user"], password)
    content = None if request["body"] is None else json.dumps(request["body"])
    response = await client.request(request["method"], request["path"], headers=headers, content=content)
    body = response.json() if response.content else None
    kept = {name: response.headers[name] for name in HEADERS if name in response.headers}
    return response.status_code, kept, as_recorded(body)


def _time(body: Any) -> datetime | None:
    """Return when the object in a response was changed."""
    data = (body or {}).get("data")
    if not isinstance(data, dict) or "changed" not in data["attributes"]:
        return None
    return datetime.fromisoformat(data["attributes"]["changed"])


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
