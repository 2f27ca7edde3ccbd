"""The header that names the source of a change, for the portal's audit log (docs/portal-api.md)."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from reconciler.model.plan import Change, Plan

_HEADER: Final = "Change-Source"
_MAX_LENGTH: Final = 512
# Every printable ASCII character that needs no escape in a string of RFC 8941.
_PLAIN: Final = " !#$&'()*+,-./:;<=>?@[]^_`{|}~"


def source_headers(plan: Plan | None, change: Change) -> Mapping[str, str]:
    """Return the header with the commit and digest of the plan, and the file and line of the change.

    A place that is too long for the header is left out.
    """
    if plan is None:
        return {}
    known = {
        "commit": plan.source.commit,
        "plan": plan.digest,
        "file": change.source and _place(change.source.file, change.source.line),
    }
    members: list[str] = []
    for key, value in known.items():
        member = f'{key}="{quote(value or "", safe=_PLAIN)}"'
        if value and len(", ".join([*members, member])) <= _MAX_LENGTH:
            members.append(member)
    return {_HEADER: ", ".join(members)} if members else {}


def _place(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"
