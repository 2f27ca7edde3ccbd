"""A plan: the changes that lead from the live state to the desired one, as plain data."""

import hashlib
import re
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
import rfc8785

from reconciler.errors import PlanError
from reconciler.model.access import Day, Impact
from reconciler.model.finding import Finding, Source
from reconciler.model.moment import Moment
from reconciler.model.resource import Because, ResourceId
from reconciler.model.risk import Risk

FORMAT: Final = "reconciler-plan/1.3"
MAJOR: Final = "reconciler-plan/1"
ABSENT: Final = "absent"
# In the place of a portal's id, where files were compared with files: no portal answers to it.
FILES: Final = "files"
_AGAIN: Final = "make it again with `reconciler plan --out FILE`"

# What is shown as it stands is held to its form: a plan file can come from anybody.
_Commit: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{7,64}$")]
Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(sha256:[0-9a-f]*)?$")]
# Each kind's id has its names, none of which is empty or holds a slash.
ID: Final = re.compile(
    r"(partner|access-group|api-product)/[^/]+|(team|product-item)/[^/]+/[^/]+|membership/[^/]+/[^/]+/[^/]+"
    r"|access-item/[^/]+/(api|product)/[^/]+|grant/[^/]+/(team/[^/]+/[^/]+|developer/[^/]+)"
)

Action: TypeAlias = Literal["create", "update", "delete", "adopt"]


class FieldChange(msgspec.Struct, frozen=True, gc=False):
    """One field that changes; `path` is dotted."""

    path: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True, gc=False, rename="camel", kw_only=True):
    """One change of one resource.

    `needs` are the ids of changes of the same plan that must be applied first. `precondition` is `absent`, or
    the fingerprint of the live object it was computed from, under its old id when it is renamed.
    """

    id: ResourceId
    kind: str
    action: Action
    because: Because | None = None
    renamed_from: ResourceId | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    fields: tuple[FieldChange, ...] = ()
    needs: tuple[ResourceId, ...] = ()
    precondition: str = ABSENT
    source: Source | None = None


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    """A plan's counts: changes by action, resources left alone, people touched."""

    create: int = 0
    update: int = 0
    delete: int = 0
    adopt: int = 0
    unchanged: int = 0
    unmanaged: int = 0
    drift: int = 0
    people_gaining: int = 0
    people_losing: int = 0


class Approval(msgspec.Struct, frozen=True):
    """An owner who is touched, why, and by which changes."""

    owner: str
    reason: str
    ids: tuple[ResourceId, ...]


class PlanSource(msgspec.Struct, frozen=True):
    """What the plan was made from: git commits where known, and the digest of all files read."""

    commit: _Commit | None = None
    base: _Commit | None = None
    digest: str | None = None


class Drift(msgspec.Struct, frozen=True):
    """Differences that this plan leaves alone."""

    changes: tuple[Change, ...] = ()
    access: Impact = Impact()


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a branch changes in its files and that no portal holds: a rule, an offer, an exception.

    `about` is an id, `path` is dotted; `before` and `after` are JSON, None where there was nothing.
    """

    about: str
    path: str
    before: Any = None
    after: Any = None
    source: Source | None = None


class Plan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Everything that a reviewer reads and apply does.

    `unlisted` are the people in `access` who stand in no file: the admins of their team let them in. `risks`
    are what to look at, the highest first; plans of a format before 1.3 list none.
    """

    reconciler: str
    portal: str
    portal_id: str
    scope: str
    created: Moment
    today: Day
    source: PlanSource = PlanSource()
    complete: bool = True
    summary: Summary = Summary()
    changes: tuple[Change, ...] = ()
    access: Impact = Impact()
    unlisted: tuple[str, ...] = ()
    drift: Drift = Drift()
    file_changes: tuple[FileChange, ...] = ()
    risks: tuple[Risk, ...] = ()
    approvals: tuple[Approval, ...] = ()
    findings: tuple[Finding, ...] = ()
    digest: Digest = ""
    checksum: Digest = ""
    format: str = FORMAT


def effects_digest(portal_id: str, scope: str, changes: tuple[Change, ...]) -> str:
    """Return the sha256 of what the changes do and of nothing else: the same before and after a merge."""
    effects: list[Any] = [
        {
            "id": change.id,
            "action": change.action,
            "before": change.before,
            "after": change.after,
            "precondition": change.precondition,
        }
        for change in sorted(changes, key=lambda change: change.id)
    ]
    document = {"format": MAJOR, "portalId": portal_id, "scope": scope, "changes": effects}
    return _sha256(rfc8785.dumps(document))


def checksum(document: dict[str, Any]) -> str:
    """Return the sha256 of a whole plan file, as read from JSON, but `created` and `checksum`."""
    covered = {key: value for key, value in document.items() if key not in {"created", "checksum"}}
    return _sha256(msgspec.json.encode(covered, order="sorted"))


def sealed(plan: Plan) -> Plan:
    """Return the plan with the digest of its effects and the checksum of its file."""
    digest = plan.digest or effects_digest(plan.portal_id, plan.scope, plan.changes)
    plan = msgspec.structs.replace(plan, digest=digest)
    return msgspec.structs.replace(plan, checksum=checksum(msgspec.to_builtins(plan)))


def read_plan(content: bytes) -> Plan:
    """Read a plan file. Raises PlanError when it is none, was edited, or is of another major format."""
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise PlanError(f"this is no plan: {error}", _AGAIN) from error
    said = document.get("format") if isinstance(document, dict) else None
    if not isinstance(said, str) or said.partition(".")[0] != MAJOR:
        raise PlanError(f"this is no plan of the format {MAJOR}: its format is {said!r}", _AGAIN)
    if checksum(document) != document.get("checksum"):
        raise PlanError("the plan was edited or cut off: it does not fit its checksum", _AGAIN)
    try:
        plan = msgspec.convert(document, Plan)
    except msgspec.ValidationError as error:
        raise PlanError(f"this is no plan: {error}", _AGAIN) from error
    for change in (*plan.changes, *plan.drift.changes):
        if not ID.fullmatch(change.id) or change.kind != change.id.partition("/")[0]:
            raise PlanError(f"this is no plan: {change.id!r} is no id of a {change.kind!r}", _AGAIN)
    return plan


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
