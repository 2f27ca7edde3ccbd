"""Faults of directories: of their lists, and of their answers over HTTP."""

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.model.directory import DirectoryPerson, GroupAnswer
from tests.sources.directories import MemoryDirectory
from tests.sources.truth import GROUPS, Truth

Items = list[Any]
Spoil = Callable[[Random, Items], Items]


def _renumbered(item: Any) -> Any:
    """Return a row under another id."""
    if isinstance(item, DirectoryPerson):
        return DirectoryPerson(f"x-{item.id}", item.email, item.active)
    key = "value" if "value" in item else "id"
    return {**item, key: f"x-{item.get(key)}"}


def _shorter(random: Random, items: Items) -> Items:
    return items[: random.randint(0, max(0, len(items) - 1))]


# What can happen to a list on its way. None of this is true, so nothing of it may remove anybody.
SPOILED: Final[Mapping[str, Spoil]] = {
    "short page": _shorter,
    "empty answer": lambda _random, _items: [],
    "duplicates": lambda random, items: [*items, *random.choices(items, k=2)] if items else items,
    "reordered": lambda random, items: random.sample(items, len(items)),
    "changed ids": lambda random, items: [
        _renumbered(each) if random.random() < 0.7 else each for each in items
    ],
    "truncated and doubled": lambda random, items: _shorter(random, items) + items[:1],
}
WHOLE: Final = ("another tenant", "500", "429", "500 now and then", "429 now and then")


def spoiled_memory(truth: Truth, fault: str, random: Random) -> MemoryDirectory:
    """Return a directory in memory with this fault; the own entries of people are true, or not there."""
    directory = MemoryDirectory({group: truth.rows(group) for group in GROUPS})
    if fault in {"500", "429"}:
        directory.broken = fault
    elif fault.endswith("now and then"):
        directory.silent = fault
    elif fault in SPOILED:
        for group in random.sample(GROUPS, random.randint(1, len(GROUPS))):
            rows = tuple(SPOILED[fault](random, list(directory.groups[group])))
            if not rows:
                directory.lies[group] = GroupAnswer(random.choice(("empty", "absent", "partial")))
                unsure = [each.id for each in directory.groups[group]]
                directory.entries |= dict.fromkeys(random.sample(unsure, len(unsure) // 2), "unknown")
            else:
                directory.lies[group] = GroupAnswer(random.choice(("complete", "partial")), rows)
        _restore_unsure(directory)
    return directory


def _restore_unsure(directory: MemoryDirectory) -> None:
    """Let people be unsure only if no list that claims to be complete lacks them."""
    listed = [answer for answer in directory.lies.values() if answer.completeness == "complete"]
    if listed:
        directory.entries = {}


class FaultyServer:
    """An application whose answers have faults. `lists` returns the lists in a body that can be spoiled."""

    def __init__(
        self,
        app: ASGIApp,
        fault: str,
        random: Random,
        lists: Callable[[str, Any], Sequence[tuple[dict[str, Any] | None, str]]],
    ) -> None:
        self._app, self._fault, self._random, self._lists = app, fault, random, lists

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._fault[:3].isdigit() and (self._fault[3:] == "" or self._random.random() < 0.15):
            await self._error()(scope, receive, send)
        elif self._fault in SPOILED:
            await self._spoiled(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _error(self) -> Response:
        headers = {"Retry-After": "1"} if self._fault.startswith("429") else {}
        return JSONResponse({"detail": "try again"}, int(self._fault[:3]), headers=headers)

    async def _spoiled(self, scope: Scope, receive: Receive, send: Send) -> None:
        started: list[Message] = []
        content = b""

        async def keep(message: Message) -> None:
            nonlocal content
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                content += message.get("body", b"")

        await self._app(scope, receive, keep)
        body = json.loads(content)
        status = started[0]["status"]
        if status == 200 and self._random.random() < 0.7:
            body = self._changed(scope["path"], body)
        media = dict(started[0]["headers"])[b"content-type"].decode()
        await JSONResponse(body, status, media_type=media)(scope, receive, send)

    def _changed(self, path: str, body: Any) -> Any:
        for parent, key in self._lists(path, body):
            if parent is None:
                return SPOILED[self._fault](self._random, body)
            parent[key] = SPOILED[self._fault](self._random, parent[key])
        return body
