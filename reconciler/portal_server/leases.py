"""The write lease: one caller at a time holds it, and it expires unless it is renewed."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select

from reconciler.portal_server import audit, responses
from reconciler.portal_server.context import Answer, Call, answer
from reconciler.portal_server.durations import seconds_until
from reconciler.portal_server.formats import instant, instant_text
from reconciler.portal_server.problems import ProblemError
from reconciler.portal_server.tables import leases

_HELD: Final = select(leases.c.id, leases.c.owner, leases.c.acquired_at, leases.c.expires_at).where(
    leases.c.expires_at > bindparam("now")
)
_CLEAR: Final = leases.delete()
_TAKE: Final = leases.insert().inline()


class LeaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The id of the lease to release."""

    id: str


def take(call: Call) -> Answer:
    """Acquire or renew the lease. Reject with 409 while another caller holds it."""
    wanted, held = call.body, _held(call)
    if held is not None and held.id != wanted.id:
        raise _refusal(call, held)
    lease = responses.Lease(
        wanted.owner,
        held.acquired_at if held else call.time,
        instant_text(_whole(call.now + timedelta(seconds=wanted.seconds))),
    )
    call.connection.execute(_CLEAR)
    call.connection.execute(_TAKE, {"id": wanted.id, **msgspec.structs.asdict(lease)})
    if held is None:
        audit.record_lease(call, "create", lease)
    return answer(200, lease)


def show(call: Call) -> Answer:
    """Return the holder of the lease."""
    held = _held(call)
    if held is None:
        raise ProblemError(404, "Nobody holds the lease.")
    return answer(200, _shown(held))


def release(call: Call) -> Answer:
    """Release the lease; an expired one counts as released."""
    held = _held(call)
    if held is not None and held.id != call.query.id:
        raise _refusal(call, held)
    if held is not None:
        call.connection.execute(_CLEAR)
        audit.record_lease(call, "delete", _shown(held))
    return Answer(204)


def _whole(moment: datetime) -> datetime:
    """Round up to the next whole second, so that a lease is never shorter than promised."""
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)


def _held(call: Call) -> Any:
    return call.connection.execute(_HELD, {"now": call.time}).one_or_none()


def _shown(held: Any) -> responses.Lease:
    return responses.Lease(held.owner, held.acquired_at, held.expires_at)


def _refusal(call: Call, held: Any) -> ProblemError:
    return ProblemError(
        409,
        f"The lease is held by {held.owner} until {held.expires_at}.",
        headers={"Retry-After": seconds_until(instant(held.expires_at), call.now)},
    )
