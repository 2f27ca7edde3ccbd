"""Write the changes of one AppGroup together: one PUT, and the API products on its keys."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.request import Tally
from reconciler.model.ids import decoded
from reconciler.model.kinds import name_in
from reconciler.model.plan import Change
from reconciler.model.write_result import WriteResult
from reconciler.portals.apigee.api import ApigeeApi, FoundGroup, may_succeed_later
from reconciler.portals.apigee.app_group import Json
from reconciler.portals.apigee.edits import Edit, api_of
from reconciler.portals.apigee.memory import Memory
from reconciler.portals.apigee.schemas import App
from reconciler.portals.refusals import changed
from reconciler.portals.results import result_of

_TRIES: Final = 4


class _Step(msgspec.Struct):
    """A change, its own requests, and why it cannot be made. `sent` says that a PUT had it."""

    change: Change
    api: ApigeeApi
    sent: bool = False
    error: PortalError | None = None


class TeamEdit:
    """Writes the members, grants and fields of one AppGroup.

    Keys lose an API before the AppGroup loses the grant, and get it afterwards, so that a run that is
    interrupted leaves a grant that is completed or removed by the next one.
    """

    def __init__(self, client: HttpClient, memory: Memory, name: str, label: str) -> None:
        self._client = client
        self._memory = memory
        self._name = name
        self._label = label
        self._api = ApigeeApi(client, Tally())
        self._apps: list[App] | None = None

    async def write(self, changes: Sequence[Change]) -> list[WriteResult]:
        """Write changes, and return one result for each."""
        steps = [_Step(change, ApigeeApi(self._client, Tally())) for change in changes]
        try:
            found = await self._read()
            self._edited(found, steps)
            if await self._prepare(steps):
                found = await self._read()
            await self._replace(found, steps)
        except PortalError as error:
            for step in _possible(steps):
                step.error = error
        for step in _possible(steps):
            if step.change.kind == "api-grant" and step.change.action != "delete":
                await self._attempt(step, self._approve)
        return [await self._result(step) for step in steps]

    async def _prepare(self, steps: Sequence[_Step]) -> bool:
        """Create accounts, and remove APIs from keys. Return whether anything was sent."""
        for step in _possible(steps):
            change = step.change
            if change.kind == "membership" and change.action == "create":
                await self._attempt(step, self._require_account)
            elif change.kind == "api-grant" and change.action == "delete":
                await self._attempt(step, self._remove)
        return any(step.api.tally.sent for step in steps)

    async def _attempt(self, step: _Step, act: Callable[[_Step], Awaitable[None]]) -> None:
        try:
            await act(step)
        except PortalError as error:
            step.error = error

    async def _require_account(self, step: _Step) -> None:
        person = str(name_in(step.change.id, "person"))
        if person not in self._memory.accounts:
            await step.api.create_developer(decoded(person))
            self._memory.accounts.add(person)

    async def _remove(self, step: _Step) -> None:
        product = api_of(step.change)
        for app in await self._all_apps():
            for key in app.credentials:
                if key.status_of(product) is not None:
                    await step.api.remove(self._name, app, key, product)

    async def _approve(self, step: _Step) -> None:
        product = api_of(step.change)
        for app in await self._all_apps():
            for key in app.keys:
                await step.api.approve(self._name, app, key, product)

    async def _all_apps(self) -> list[App]:
        if self._apps is None:
            self._apps = await self._api.apps(self._name)
        return self._apps

    async def _replace(self, found: FoundGroup, steps: Sequence[_Step]) -> None:
        """Replace the AppGroup, and read it again until it has the changes.

        Apigee has no versions, so another user may replace it with what was read before. Then the changes are
        made again, on what that user has written. Raises PortalError.
        """
        message = f"AppGroup {self._name} is changed repeatedly by another user"
        lost = PortalError(message, "make a new plan")
        for attempt in range(1, _TRIES + 1):
            wanted = self._edited(found, steps)
            if wanted == found.raw:
                return
            for step in _possible(steps):
                step.sent = True
            try:
                written = await self._api.replace_group(self._name, wanted)
                self._memory.note(written.group)
            except PortalError as error:
                lost = lost if isinstance(lost, UnknownOutcomeError) else error
                if not may_succeed_later(error):
                    raise lost from error
                await self._client.pause(attempt)
            found = await self._read_after(lost)
        if self._edited(found, steps) != found.raw:
            raise lost

    async def _read_after(self, lost: PortalError) -> FoundGroup:
        """Return the AppGroup. Raises the error about a lost response if there was one."""
        try:
            return await self._read()
        except PortalError as error:
            raise (lost if isinstance(lost, UnknownOutcomeError) else error) from error

    async def _read(self) -> FoundGroup:
        """Return the AppGroup as it is now."""
        for attempt in range(1, _TRIES + 1):
            found = await self._api.group(self._name)
            if found is None:
                raise changed(f"AppGroup {self._name}")
            if not self._memory.is_outdated(found.group):
                self._memory.note(found.group)
                return found
            await self._client.pause(attempt)
        message = f"Apigee shows an outdated state of AppGroup {self._name}"
        raise PortalError(message, "try again later")

    def _edited(self, found: FoundGroup, steps: Iterable[_Step]) -> Json:
        """Return the AppGroup with the changes that fit. The others get an error."""
        edit = Edit(found, self._label, self._memory.owner(self._name))
        for step in _possible(steps):
            try:
                edit.add(step.change)
            except PortalError as error:
                step.error = error
        return edit.result()

    async def _result(self, step: _Step) -> WriteResult:
        """Return the result of a change: of its own requests, and of those for all changes."""
        own, shared = step.api.tally, self._api.tally if step.sent else Tally()
        tally = Tally(own.sent + shared.sent, own.done + shared.done)
        return await result_of(_raise(step.error), tally)


async def _raise(error: PortalError | None) -> None:
    if error is not None:
        raise error


def _possible(steps: Iterable[_Step]) -> list[_Step]:
    return [step for step in steps if step.error is None]
