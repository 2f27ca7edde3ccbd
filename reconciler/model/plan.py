"""A plan: the changes from the live state to the desired state, as data."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
import rfc8785

from reconciler.errors import PlanError
from reconciler.model.access import Impact
from reconciler.model.approval import ApprovalMode, Approvers, StandingApproval
from reconciler.model.field_types import LINE
from reconciler.model.finding import Finding, Source
from reconciler.model.ids import kind_of, split_id
from reconciler.model.json_input import ANY_JSON, decode_file
from reconciler.model.kinds import KINDS, has_owner_label, is_id, name_in
from reconciler.model.resource import Because, Fields, ResourceId
from reconciler.model.risk import Risk
from reconciler.model.timestamps import END, Day, Moment

FORMAT: Final = "reconciler-plan/1.9"
MAJOR: Final = "reconciler-plan/1"
ABSENT: Final = "absent"
# Used as the portal id of a plan that compares files with files; no portal has this id.
FILES: Final = "files"
# Far more than the nesting of any configuration or document.
_MAX_DEPTH: Final = 50
_AGAIN: Final = "create it again with `reconciler plan --out FILE`"

# Plan files are untrusted input, so values that are shown are validated by pattern.
_Commit: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{7,64}}{END}")]
Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^(sha256:[0-9a-f]*)?{END}")]

_Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=LINE)]

Action: TypeAlias = Literal["create", "update", "delete", "adopt"]
# Which of all differences a plan makes.
Selection: TypeAlias = Literal["all", "adoptions", "expired", "removals"]


class FieldChange(msgspec.Struct, frozen=True, gc=False):
    """A changed field; `path` is dotted."""

    path: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True, gc=False, rename="camel", kw_only=True):
    """A change of one resource.

    `needs` are the ids of changes of the same plan that must be applied first. `precondition` is `absent`, or
    the fingerprint of the live object that the change was computed from (under its old id if it is renamed).
    """

    id: ResourceId
    kind: str
    action: Action
    because: Because | None = None
    renamed_from: ResourceId | None = None
    before: Fields | None = None
    after: Fields | None = None
    fields: tuple[FieldChange, ...] = ()
    needs: tuple[ResourceId, ...] = ()
    precondition: str = ABSENT
    source: Source | None = None


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    """The counts of a plan: changes by action, resources left alone, people affected."""

    create: int = 0
    update: int = 0
    delete: int = 0
    adopt: int = 0
    unchanged: int = 0
    unmanaged: int = 0
    drift: int = 0
    people_gaining: int = 0
    people_losing: int = 0


class Approval(msgspec.Struct, frozen=True, rename="camel"):
    """An affected owner, the reason, and the ids of the changes.

    `standing_approvals` are those that the owners have given in advance for all of these changes.
    """

    owner: str
    reason: str
    ids: tuple[ResourceId, ...]
    standing_approvals: tuple[StandingApproval, ...] = ()


class PlanSource(msgspec.Struct, frozen=True):
    """The source of a plan: git commits if known, and the digest of all files read."""

    commit: _Commit | None = None
    base: _Commit | None = None
    digest: str | None = None


class Drift(msgspec.Struct, frozen=True):
    """Differences that this plan leaves alone."""

    changes: tuple[Change, ...] = ()
    access: Impact = Impact()


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the files of a branch that no portal stores: a rule, an offer or an exception.

    `about` is an id, `path` is dotted; `before` and `after` are JSON values, None if there is none.
    """

    about: str
    path: str
    before: Any = None
    after: Any = None
    source: Source | None = None


class Coverage(msgspec.Struct, frozen=True, rename="camel"):
    """The names of the partners, groups and products that a plan compares with the portal.

    A partner has its teams, their people and their grants; a group has its items and its grants.
    """

    partners: tuple[_Name, ...] = ()
    access_groups: tuple[_Name, ...] = ()
    products: tuple[_Name, ...] = ()

    @classmethod
    def of(cls, ids: Iterable[ResourceId]) -> "Coverage":
        """Return what covers these objects and everything below them."""
        names: dict[str, list[str]] = {}
        for kind, name in sorted(map(split_id, ids)):
            names.setdefault(kind, []).append(name)
        kinds = ("partner", "access-group", "api-product")
        return cls(*(tuple(names.get(kind, ())) for kind in kinds))

    @property
    def ids(self) -> list[ResourceId]:
        """The ids of these partners, groups and products."""
        return [
            *(f"partner/{name}" for name in self.partners),
            *(f"access-group/{name}" for name in self.access_groups),
            *(f"api-product/{name}" for name in self.products),
        ]

    def includes(self, resource_id: ResourceId) -> bool:
        """Return whether an object is one of these, or is below one of them."""
        kind = kind_of(resource_id)
        if kind in {"api-product", "product-item"}:
            return name_in(resource_id, "product") in self.products
        return name_in(resource_id, "partner") in self.partners or (
            name_in(resource_id, "group") in self.access_groups
        )


class Plan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A plan: everything that a reviewer needs and that apply does.

    `unlisted` are the people in `access` who are not defined in any file, because the admins of their team
    added them. `coverage` is the part of the portal that was compared: unchanged and unmanaged objects, drift
    and findings that are not new are those of that part. None is the whole portal. `risks` are sorted by
    rank, the highest first; plans of a format before 1.3 have no risks. `allowed` is true if the guard allows
    this plan by its digest. `external_names` are the names that objects have in the portal, by id, where they
    differ from those in the files.

    `approvers` are the people who can approve for each owner in `approvals`; `approval_mode` is that of the
    configuration. `decision_digest` identifies the decisions that `approvals` are for, as the files make
    them; it is empty without a base.
    """

    reconciler: str
    portal: str
    portal_id: str
    scope: str
    created: Moment
    today: Day
    source: PlanSource = PlanSource()
    selection: Selection = "all"
    coverage: Coverage | None = None
    complete: bool = True
    summary: Summary = Summary()
    changes: tuple[Change, ...] = ()
    access: Impact = Impact()
    unlisted: tuple[str, ...] = ()
    drift: Drift = Drift()
    file_changes: tuple[FileChange, ...] = ()
    risks: tuple[Risk, ...] = ()
    approvals: tuple[Approval, ...] = ()
    approvers: dict[_Name, Approvers] = {}
    approval_mode: ApprovalMode | None = None
    decision_digest: Digest = ""
    findings: tuple[Finding, ...] = ()
    allowed: bool = False
    external_names: dict[ResourceId, _Name] = {}
    digest: Digest = ""
    checksum: Digest = ""
    format: str = FORMAT


def effects_digest(
    portal_id: str,
    scope: str,
    changes: tuple[Change, ...],
    external_names: Mapping[ResourceId, str] = MappingProxyType({}),
) -> str:
    """Return the SHA-256 of the effects of the changes; it is the same before and after a merge.

    Reasons and dependencies are not covered: apply computes both from the portal.
    """
    effects: Any = [_effect(change) for change in sorted(changes, key=lambda change: change.id)]
    document = {"format": MAJOR, "portalId": portal_id, "scope": scope, "changes": effects}
    # Only included if present, so that the digests of all other plans do not change.
    if external_names:
        document["externalNames"] = dict(external_names)
    return _sha256(rfc8785.dumps(document))


def _effect(change: Change) -> dict[str, Any]:
    effect = {
        "id": change.id,
        "action": change.action,
        "before": change.before,
        "after": change.after,
        "precondition": change.precondition,
    }
    # Only included if present, so that the digests of all other plans do not change.
    return {**effect, "renamedFrom": change.renamed_from} if change.renamed_from is not None else effect


def decision_digest(changes: Iterable[Change], file_changes: Iterable[FileChange]) -> str:
    """Return the SHA-256 of decisions: what the files change, without places, reasons and preconditions."""
    made = [
        (each.id, each.action, each.renamed_from, each.before, each.after)
        for each in sorted(changes, key=lambda change: change.id)
    ]
    only_files = sorted(
        ((each.about, each.path, each.before, each.after) for each in file_changes), key=lambda each: each[:2]
    )
    return _sha256(msgspec.json.encode({"changes": made, "fileChanges": only_files}, order="sorted"))


def checksum(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a whole plan file, as read from JSON, except `created` and `checksum`."""
    covered = {key: value for key, value in document.items() if key not in {"created", "checksum"}}
    return _sha256(msgspec.json.encode(covered, order="sorted"))


def with_digests(plan: Plan) -> Plan:
    """Return the plan with the digest of its effects and the checksum of its file."""
    digest = plan.digest or effects_digest(plan.portal_id, plan.scope, plan.changes, plan.external_names)
    plan = msgspec.structs.replace(plan, digest=digest)
    # Field by field, to avoid a copy of the whole plan as dictionaries and lists.
    fields = {field.encode_name: getattr(plan, field.name) for field in msgspec.structs.fields(plan)}
    return msgspec.structs.replace(plan, checksum=checksum(fields))


def read_plan(content: bytes) -> Plan:
    """Read a plan file. Raises PlanError if it is not valid, was edited, or has another major format.

    Digest, checksum and the fields of changes are recomputed. Explanations (reasons, order, findings) are as
    trustworthy as the file, so nothing may be applied because of them.
    """
    try:
        return _read(decode_file(content, ANY_JSON))
    except msgspec.DecodeError as error:
        raise PlanError(f"this is not a valid plan: {error}", _AGAIN) from error
    except RecursionError as error:
        raise PlanError("this is not a valid plan: JSON is nested too deeply", _AGAIN) from error


def _read(document: Any) -> Plan:
    format_ = document.get("format") if isinstance(document, dict) else None
    if not isinstance(format_, str) or format_.partition(".")[0] != MAJOR:
        shown = repr(format_) if format_ is None or isinstance(format_, str) else "not text"
        raise PlanError(f"this is not a plan of format {MAJOR}: its format is {shown}", _AGAIN)
    if checksum(document) != document.get("checksum"):
        raise PlanError("the plan was edited or is incomplete: it does not match its checksum", _AGAIN)
    plan = msgspec.convert(document, Plan)
    wrong = next(_faults(plan), None)
    if wrong is not None:
        raise PlanError(f"this is not a valid plan: {wrong}", _AGAIN)
    if plan.digest != effects_digest(plan.portal_id, plan.scope, plan.changes, plan.external_names):
        raise PlanError("the plan was edited: its changes do not match its digest", _AGAIN)
    drift = msgspec.structs.replace(plan.drift, changes=tuple(map(with_fields, plan.drift.changes)))
    return msgspec.structs.replace(plan, changes=tuple(map(with_fields, plan.changes)), drift=drift)


def with_fields(change: Change) -> Change:
    """Return the change with the fields whose values differ."""
    before, after = change.before or {}, change.after or {}
    names = sorted(name for name in {**before, **after} if before.get(name) != after.get(name))
    fields = tuple(FieldChange(name, before.get(name), after.get(name)) for name in names)
    return msgspec.structs.replace(change, fields=fields)


def _faults(plan: Plan) -> Iterator[str]:
    """Yield everything that a plan made by `reconciler plan` cannot contain."""
    for change in (*plan.changes, *plan.drift.changes):
        if not is_id(change.id, change.kind):
            yield f"{change.id!r} is not an id of a {change.kind!r}"
        else:
            yield from _faults_of(change)
    for each in plan.external_names:
        if not (is_id(each) and has_owner_label(each)):
            yield f"{each!r} cannot have an external name"
    counts = Counter(change.id for change in plan.changes)
    yield from (f"{each!r} is changed twice" for each, number in counts.items() if number > 1)
    for changed in plan.file_changes:
        if _is_deeper((changed.before, changed.after), _MAX_DEPTH):
            yield f"the change of {changed.about!r} is nested too deeply"


def _faults_of(change: Change) -> Iterator[str]:
    former = change.renamed_from
    if former is not None and (
        change.action != "update" or not KINDS[change.kind].renameable or not is_id(former, change.kind)
    ):
        yield f"{change.id!r} cannot be renamed from {former!r}"
    if not _fits_its_action(change):
        yield f"{change.action} of {change.id!r} does not match its values before and after"
    known = KINDS[change.kind].fields
    for fields in (change.before or {}, change.after or {}):
        yield from (
            f"{name!r} of {change.id!r} has an invalid value"
            for name, value in fields.items()
            if name not in known or not _is_of_type(value, known[name])
        )


def _fits_its_action(change: Change) -> bool:
    """Return whether the action can lead from `before` to `after`.

    An expired invitation is created again, for what is wanted now. An object that an interrupted run has left
    partial is created again as it is.
    """
    was, will = change.before is not None, change.after is not None
    if was != (change.precondition != ABSENT):
        return False
    if change.action == "create":
        return will and (not was or change.kind == "membership" or change.before == change.after)
    if change.action == "delete":
        return was and not will
    return was and will and (change.action == "update" or change.before == change.after)


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested deeper than this many levels."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inside if not isinstance(each, str))


def _is_of_type(value: Any, wanted: Any) -> bool:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        return False
    return True


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
