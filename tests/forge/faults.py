"""What goes wrong between a forge and who asks it: answers that are refusals, and answers that are lost."""

import re
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Fault(msgspec.Struct, kw_only=True):
    """Spoils the answers to requests such as `POST /repos/.*/comments`, so many times.

    A body that is a text is sent as HTML.
    With `done` the forge does what it is asked to before the answer is spoiled: so a lost answer looks.
    """

    match: str
    status: int = 502
    headers: dict[str, str] = {}
    body: Any = msgspec.field(default_factory=lambda: {"message": "Server Error"})
    times: int = 1
    done: bool = False


class Faults:
    """Stands before a forge: keeps what was asked, and spoils the answers that it was told to spoil."""

    def __init__(self, forge: ASGIApp) -> None:
        self._forge = forge
        self.planned: list[Fault] = []
        self.requests: list[str] = []

    def add(self, match: str, **what: Any) -> None:
        """Plan to spoil what matches."""
        self.planned.append(Fault(match=match, **what))

    def asked(self, pattern: str) -> list[str]:
        """Return the requests that a pattern describes, in order."""
        return [each for each in self.requests if re.fullmatch(pattern, each)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or spoil the answer."""
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            await self._forge(scope, receive, send)
            return
        asked = f"{scope['method']} {scope['path']}"
        self.requests.append(asked)
        fault = next((each for each in self.planned if each.times and re.fullmatch(each.match, asked)), None)
        if fault is None:
            await self._forge(scope, receive, send)
            return
        fault.times -= 1
        if fault.done:
            await self._forge(scope, receive, _nowhere)
        kind = HTMLResponse if isinstance(fault.body, str) else JSONResponse
        await kind(fault.body, fault.status, fault.headers)(scope, receive, send)


async def _nowhere(_message: Any) -> None:
    """Lose an answer."""
