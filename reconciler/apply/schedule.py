"""Which changes are written next, and which of them together."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush

from reconciler.model.plan import Change


class Lane:
    """The ready changes of one object that the portal writes as a whole: one batch at a time."""

    __slots__ = ("active", "waiting")

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.active = False


class Schedule:
    """The changes whose dependencies are applied, in plan order.

    Changes with the same batch key share a lane: a batch has up to `batch_size` of them, and the next one is
    taken when it is done. A change without a key is a batch of its own.
    """

    def __init__(
        self, changes: Sequence[Change], batch_key: Callable[[Change], str | None], batch_size: int
    ) -> None:
        self._changes = changes
        self._batch_key, self._batch_size = batch_key, max(batch_size, 1)
        self._places = {change.id: place for place, change in enumerate(changes)}
        self._lanes: dict[str, Lane] = {}
        # The lanes that have something to write and write nothing, each with the place of its first change.
        self._idle: list[tuple[int, Lane]] = []

    def add(self, change: Change) -> None:
        """Add a change whose dependencies are applied."""
        key = self._batch_key(change)
        lane = Lane() if key is None else self._lanes.setdefault(key, Lane())
        heappush(lane.waiting, self._places[change.id])
        if not lane.active:
            self._queue(lane)

    def take(self) -> tuple[Lane, tuple[Change, ...]] | None:
        """Return the next batch and its lane, which is busy until `done`; None if nothing is ready."""
        if not self._idle:
            return None
        _, lane = heappop(self._idle)
        number = min(self._batch_size, len(lane.waiting))
        return lane, tuple(self._changes[heappop(lane.waiting)] for _ in range(number))

    def done(self, lane: Lane) -> None:
        """Let the next batch of a lane follow."""
        lane.active = False
        if lane.waiting:
            self._queue(lane)

    def _queue(self, lane: Lane) -> None:
        lane.active = True
        heappush(self._idle, (lane.waiting[0], lane))
