"""Check runs: the verdict on a plan beside a commit, which only the app that left it can change."""

from collections.abc import Iterator
from typing import Any, Final

from reconciler.forge.github.pagination import Pages
from reconciler.forge.github.schemas import Annotated, CheckRun, CheckRuns
from reconciler.forge.http import ForgeClient, Request
from reconciler.forge.idempotency import create_idempotently
from reconciler.model.forge import Annotation, CheckState, ForgeError, Verdict

# As many annotations as GitHub takes in one request, and as many as a person may want to see.
_AT_ONCE: Final = 50
_MOST: Final = 200
_PASSED: Final = ("success", "neutral")


class Checks:
    """The check runs of one repository that one app left."""

    def __init__(self, client: ForgeClient) -> None:
        self._client = client
        self._path = f"repos/{client.settings.project}"
        self._app = client.settings.app

    async def leave(self, commit: str, verdict: Verdict) -> None:
        """Make the check run of this name complete, or change the one that is there.

        Annotations stay as long as a check run does, so only those that it lacks are added.
        """
        run = await self._newest(commit, verdict.name)
        shown = await self._annotated(run) if run and run.output.annotations_count else set()
        lacking = [each for each in verdict.annotations[:_MOST] if _key(each) not in shown]
        first, *others = list(_batches(lacking))
        run = await self._change(run, verdict, first) if run else await self._make(commit, verdict, first)
        for batch in others:
            await self._change(run, verdict, batch)

    async def mark(self, commit: str, name: str) -> CheckState | None:
        """Return the newest verdict of this name that the app left."""
        run = await self._newest(commit, name)
        if run is None:
            return None
        return CheckState(run.external_id or "", run.status == "completed" and run.conclusion in _PASSED)

    async def _newest(self, commit: str, name: str) -> CheckRun | None:
        """Return the newest check run of this name. One that another app gave the same name is none."""
        path = f"{self._path}/commits/{commit}/check-runs"
        query = {"check_name": name, "filter": "all"}
        newest: CheckRun | None = None
        async for answer in self._client.pages(path, query, Pages(self._client)):
            for run in self._client.read(answer, CheckRuns).check_runs:
                is_ours = run.name == name and run.app is not None and run.app.slug == self._app
                if is_ours and (newest is None or run.id > newest.id):
                    newest = run
        return newest

    async def _annotated(self, run: CheckRun) -> set[tuple[str, int, str]]:
        path = f"{self._path}/check-runs/{run.id}/annotations"
        return {
            (each.path, each.start_line, each.message)
            async for answer in self._client.pages(path, {}, Pages(self._client))
            for each in self._client.read(answer, tuple[Annotated, ...])
        }

    async def _make(self, commit: str, verdict: Verdict, annotations: list[Annotation]) -> CheckRun:
        body = {"name": verdict.name, "head_sha": commit, **_body(verdict, annotations)}
        request = Request(method="POST", path=f"{self._path}/check-runs", body=body)

        async def make() -> CheckRun:
            return self._client.read(await self._client.send(request), CheckRun)

        async def find() -> CheckRun | None:
            return await self._newest(commit, verdict.name)

        made = await create_idempotently(self._client, make, find)
        if made.app is not None and made.app.slug not in {None, self._app}:
            message = f'the token is one of the app "{made.app.slug}", not of "{self._app}"'
            raise ForgeError(message, f"name it with --app {made.app.slug}, here and for `approved`")
        return made

    async def _change(self, run: CheckRun, verdict: Verdict, annotations: list[Annotation]) -> CheckRun:
        path = f"{self._path}/check-runs/{run.id}"
        body = _body(verdict, annotations)
        request = Request(method="PATCH", path=path, body=body, appends=bool(annotations))

        async def make() -> CheckRun:
            return self._client.read(await self._client.send(request), CheckRun)

        async def find() -> CheckRun | None:
            return run if set(map(_key, annotations)) <= await self._annotated(run) else None

        return await create_idempotently(self._client, make, find)


def _batches(annotations: list[Annotation]) -> Iterator[list[Annotation]]:
    """Yield at least one batch, which may be empty."""
    for start in range(0, max(1, len(annotations)), _AT_ONCE):
        yield annotations[start : start + _AT_ONCE]


def _body(verdict: Verdict, annotations: list[Annotation]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": verdict.title, "summary": verdict.summary}
    if annotations:
        output["annotations"] = [_annotation(each) for each in annotations]
    return {
        "status": "completed",
        "conclusion": verdict.conclusion,
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
