"""The write lease: one caller at a time holds it, and it expires unless it is renewed."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select

from reconciler.portal_server.operations import audit, responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.storage.tables import leases
from reconciler.portal_server.values.durations import seconds_until
from reconciler.portal_server.values.formats import instant, instant_text

_HELD: Final = select(leases.c.id, leases.c.owner, leases.c.acquired_at, leases.c.expires_at).where(
    leases.c.expires_at > bindparam("now")
)
_CLEAR: Final = leases.delete()
_TAKE: Final = leases.insert().inline()


class LeaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The id of the lease to release."""

    id: str


def acquire(call: Call) -> HttpResponse:
    """Acquire or renew the lease. Reject with 409 while another caller holds it."""
    wanted, lease_row = call.body, _current_lease(call)
    if lease_row is not None and lease_row.id != wanted.id:
        raise _error(call, lease_row)
    lease = responses.Lease(
        wanted.owner,
        lease_row.acquired_at if lease_row else call.time,
        instant_text(_whole(call.now + timedelta(seconds=wanted.seconds))),
    )
    call.connection.execute(_CLEAR)
    call.connection.execute(_TAKE, {"id": wanted.id, **msgspec.structs.asdict(lease)})
    if lease_row is None:
        audit.record_lease(call, "create", lease)
    return json_response(200, lease)


def show(call: Call) -> HttpResponse:
    """Return the holder of the lease."""
    lease_row = _current_lease(call)
    if lease_row is None:
        raise ProblemError(404, "Nobody holds the lease.")
    return json_response(200, _lease(lease_row))


def release(call: Call) -> HttpResponse:
    """Release the lease; an expired one counts as released."""
    lease_row = _current_lease(call)
    if lease_row is not None and lease_row.id != call.query.id:
        raise _error(call, lease_row)
    if lease_row is not None:
        call.connection.execute(_CLEAR)
        audit.record_lease(call, "delete", _lease(lease_row))
    return HttpResponse(204)


def _whole(moment: datetime) -> datetime:
    """Round up to the next whole second, so that a lease is never shorter than promised."""
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)


def _current_lease(call: Call) -> Any:
    return call.connection.execute(_HELD, {"now": call.time}).one_or_none()


def _lease(lease_row: Any) -> responses.Lease:
    return responses.Lease(lease_row.owner, lease_row.acquired_at, lease_row.expires_at)


def _error(call: Call, lease_row: Any) -> ProblemError:
    return ProblemError(
        409,
        f"The lease is held by {lease_row.owner} until {lease_row.expires_at}.",
        headers={"Retry-After": seconds_until(instant(lease_row.expires_at), call.now)},
    )
