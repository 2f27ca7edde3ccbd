"""The audit log, written in the transaction of each change."""

from collections.abc import Mapping
from typing import Any, Final

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import Lease, ObjectReply
from reconciler.portal_server.storage.tables import audit
from reconciler.portal_server.values.change_source import HEADER, MAX_LENGTH, is_change_source
from reconciler.portal_server.values.formats import Action, Through
from reconciler.portal_server.values.identifiers import new_id

_INSERT: Final = audit.insert().inline()


def source_of(headers: Mapping[str, str]) -> str | None:
    """Return the source of a change that the client names. Reject with 400 an invalid one."""
    source = headers.get(HEADER.lower())
    if source is not None and not is_change_source(source):
        detail = (
            f"The header {HEADER} must be a dictionary of strings and tokens (RFC 8941) "
            f"with at most {MAX_LENGTH} characters."
        )
        raise ProblemError(400, detail)
    return source


def record(
    call: Call, action: Action, kind: str, after: ObjectReply, before: ObjectReply | None = None
) -> None:
    """Record the creation or update of an object."""
    _write(call, action, kind, {"object": after.id, "before": before, "after": after})


def record_deletion(call: Call, kind: str, before: ObjectReply) -> None:
    """Record the deletion of an object."""
    _write(call, "delete", kind, {"object": before.id, "before": before, "after": None})


def record_lease(call: Call, action: Action, lease: Lease) -> None:
    """Record that the lease was acquired or released."""
    sides = {"before": None, "after": lease} if action == "create" else {"before": lease, "after": None}
    _write(call, action, "lease", {"object": "lease_portal", **sides})


def _write(call: Call, action: Action, kind: str, sides: dict[str, Any]) -> None:
    caller = call.caller
    subject = sides["after"] or sides["before"]
    entry = {
        "id": new_id("aud"),
        "at": call.time,
        "token": caller.name if caller and not caller.email else None,
        "token_id": caller.id if caller else None,
        "person": caller.email if caller else None,
        "through": caller.through if caller else _without_caller(call),
        "source": source_of(call.headers),
        "team_id": subject.id if kind == "team" else getattr(subject, "team_id", None),
        "action": action,
        "kind": kind,
        **sides,
    }
    call.connection.execute(_INSERT, entry)


def _without_caller(call: Call) -> Through:
    """Return what was used without a token or session: a code, or the operator's command line."""
    return "invitation" if "code" in call.path else "operator"
