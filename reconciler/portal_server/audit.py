"""The record of who did what, written in the transaction that did it."""

from typing import Final

from reconciler.portal_server.calls import Call
from reconciler.portal_server.formats import Action
from reconciler.portal_server.identifiers import new_id
from reconciler.portal_server.replies import Reply
from reconciler.portal_server.tables import audit

_INSERT: Final = audit.insert().inline()


def record(
    call: Call, action: Action, kind: str, *, before: Reply | None = None, after: Reply | None = None
) -> None:
    """Write down one change of one object, of which at least one side is given."""
    entry = {
        "id": new_id("aud"),
        "at": call.time,
        "token": call.caller.name if call.caller else None,
        "action": action,
        "object": (after or before).id,  # type: ignore[union-attr]  one side is given
        "kind": kind,
        "before": before,
        "after": after,
    }
    call.connection.execute(_INSERT, entry)
