"""Check runs on GitHub: the verdict on a plan at a commit, which only the app that set it can change."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.github.schemas import Annotated, CheckRun, CheckRuns
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.forge import Annotation, CheckState, Verdict

# GitHub accepts this many annotations in one request.
_BATCH: Final = 50
# More would hide what matters.
_MAX_ANNOTATIONS: Final = 200
_PASSED: Final = ("success", "neutral")
_RUN: Final = msgspec.json.Decoder(CheckRun)
_RUNS: Final = LinkHeader[CheckRun](msgspec.json.Decoder(CheckRuns), PAGE_SIZE, lambda page: page.check_runs)
_ANNOTATIONS: Final = LinkHeader[Annotated](msgspec.json.Decoder(tuple[Annotated, ...]), PAGE_SIZE)


class Checks:
    """The check runs of one repository that one app set."""

    def __init__(self, client: HttpClient, path: str, app: str) -> None:
        self._client = client
        self._path = path
        self._app = app

    async def set(self, commit: str, verdict: Verdict) -> None:
        """Create a check run, or update the one of this name.

        Annotations of a check run cannot be removed, so only the missing ones are added.
        """
        run = await self._newest(commit, verdict.name)
        shown = await self._annotated(run) if run and run.output.annotations_count else frozenset()
        missing = [each for each in verdict.annotations[:_MAX_ANNOTATIONS] if _key(each) not in shown]
        first, *others = list(_batches(missing))
        run = await self._change(run, verdict, first) if run else await self._create(commit, verdict, first)
        for batch in others:
            await self._change(run, verdict, batch)

    async def get(self, commit: str, name: str) -> CheckState | None:
        """Return the newest check of this name that the app set."""
        run = await self._newest(commit, name)
        if run is None:
            return None
        return CheckState(run.external_id or "", run.status == "completed" and run.conclusion in _PASSED)

    async def _newest(self, commit: str, name: str) -> CheckRun | None:
        """Return the newest check run of this name; those of other apps do not count."""
        query = {"check_name": name, "filter": "all"}
        request = Request(path=f"{self._path}/commits/{commit}/check-runs", query=query)
        newest: CheckRun | None = None
        async for run in read_items(self._client, request, _RUNS):
            is_own = run.name == name and run.app is not None and run.app.slug == self._app
            if is_own and (newest is None or run.id > newest.id):
                newest = run
        return newest

    async def _annotated(self, run: CheckRun) -> frozenset[tuple[str, int, str]]:
        request = Request(path=f"{self._path}/check-runs/{run.id}/annotations")
        annotations = read_items(self._client, request, _ANNOTATIONS)
        return frozenset([(each.path, each.start_line, each.message) async for each in annotations])

    async def _create(self, commit: str, verdict: Verdict, annotations: list[Annotation]) -> CheckRun:
        body = {"name": verdict.name, "head_sha": commit, **_body(verdict, annotations)}
        request = Request(method="POST", path=f"{self._path}/check-runs", body=body)

        async def create() -> CheckRun:
            return await self._client.fetch(request, _RUN)

        async def find() -> CheckRun | None:
            return await self._newest(commit, verdict.name)

        created = await create_idempotently(self._client, create, find)
        if created.app is not None and created.app.slug not in {None, self._app}:
            message = f'the token belongs to the app "{created.app.slug}", not to "{self._app}"'
            raise PortalError(message, f"use --app {created.app.slug}, here and for `approved`")
        return created

    async def _change(self, run: CheckRun, verdict: Verdict, annotations: list[Annotation]) -> CheckRun:
        """Update a check run. A repeated update would add its annotations twice, so they are looked up."""
        path = f"{self._path}/check-runs/{run.id}"
        request = Request(
            method="PATCH", path=path, body=_body(verdict, annotations), repeatable=not annotations
        )

        async def change() -> CheckRun:
            return await self._client.fetch(request, _RUN)

        async def find() -> CheckRun | None:
            return run if {_key(each) for each in annotations} <= await self._annotated(run) else None

        # Without annotations, nothing shows whether a lost update took effect.
        return await create_idempotently(self._client, change, find) if annotations else await change()


def _batches(annotations: list[Annotation]) -> Iterator[list[Annotation]]:
    """Yield at least one batch, which may be empty."""
    for start in range(0, max(1, len(annotations)), _BATCH):
        yield annotations[start : start + _BATCH]


def _body(verdict: Verdict, annotations: list[Annotation]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": verdict.title, "summary": verdict.summary}
    if annotations:
        output["annotations"] = [_annotation(each) for each in annotations]
    waits = verdict.conclusion == "pending"
    return {
        **({"status": "in_progress"} if waits else {"status": "completed", "conclusion": verdict.conclusion}),
        "external_id": verdict.digest,
        "output": output,
        **({"details_url": verdict.link} if verdict.link else {}),
    }


def _annotation(each: Annotation) -> dict[str, Any]:
    return {
        "path": each.file,
        "start_line": each.line,
        "end_line": each.line,
        "annotation_level": each.level,
        "title": each.title,
        "message": each.message,
    }


def _key(annotation: Annotation) -> tuple[str, int, str]:
    return annotation.file, annotation.line, annotation.message
