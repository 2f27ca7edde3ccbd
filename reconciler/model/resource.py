"""Resources (objects of portals), and the live and desired states that are compared."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

from reconciler.model import ids
from reconciler.model.document import Origin, UnmanagedGrants, Visibility

ResourceId: TypeAlias = ids.ResourceId
Because: TypeAlias = Literal["expired", "blocked", "ended", "suspended"]
Fields: TypeAlias = Mapping[str, Any]
# The ids of the group and the product on a path to an API, and the last day of the path.
GroupPath: TypeAlias = tuple[tuple[str, ...], str | None]
# The paths by groups that grants of APIs replace, by the id of the grant and its level.
GroupPaths: TypeAlias = Mapping[tuple[ResourceId, str], Sequence[GroupPath]]

# An interrupted run has created or deleted only a part of the object; creating it again completes it.
PARTIAL: Final = "partial"
# The portal has no such team or group; it is shown because something else there gives the same access.
DERIVED: Final = "derived"
# A grant of a team that has no key yet. It gets the API when there is one.
WAITS_FOR_KEY: Final = "waits-for-key"
_SHARED: Final = 10_000
_SORTED: Final = msgspec.json.Encoder(order="sorted")


class Resource(msgspec.Struct, frozen=True, gc=False):
    """One object in a portal, or one that the files define.

    `id` is `kind/name…`. `fields` are the managed fields that have a value; resources with equal fields may
    share them, so they are never changed. `owner_label` is None if there is none, or for a kind without owner
    labels. `state` (invited, active, expired or declined for a membership, WAITS_FOR_KEY for a grant, DERIVED
    for a team or group, PARTIAL for any kind) and `invited_at` (RFC 3339) exist only in the live state and
    are not compared, but a PARTIAL object is created again. `origin` exists only in the desired state.
    """

    id: ResourceId
    fields: Fields
    owner_label: str | None = None
    state: str | None = None
    invited_at: str | None = None
    origin: Origin | None = None

    @property
    def kind(self) -> str:
        """The kind: the first part of the id."""
        return ids.kind_of(self.id)


# Most relations have the same fields as many others. They share them, which saves memory, and much time where
# the same object need not be compared with itself.
@lru_cache(maxsize=_SHARED)
def membership_fields(role: str, until: str | None) -> Fields:
    """Return the fields of a membership: those that have a value."""
    return _with_value(role=role, until=until)


@lru_cache(maxsize=_SHARED)
def grant_fields(level: str, reason: str | None, until: str | None) -> Fields:
    """Return the fields of a grant: those that have a value."""
    return _with_value(level=level, reason=reason, until=until)


def _with_value(**fields: str | None) -> Fields:
    return {name: value for name, value in fields.items() if value}


def fingerprint(resource: Resource, children: Iterable[ResourceId] = ()) -> str:
    """Return the SHA-256 of a live resource's id, managed fields and owner label, and its children's ids."""
    covered = [resource.id, resource.fields, resource.owner_label, sorted(children)]
    return f"sha256:{hashlib.sha256(_SORTED.encode(covered)).hexdigest()}"


class OfferedApi(msgspec.Struct, frozen=True, gc=False):
    """An API that the portal offers. Only the catalog says by which owners it can be bundled."""

    name: str
    visibility: Visibility
    owner: str | None = None
    display_name: str | None = None
    bundled_by: tuple[str, ...] = ()


class Live(msgspec.Struct, frozen=True):
    """The live state: all objects of a portal when it was read, managed or not.

    `problem` is why the read is incomplete, or empty. An incomplete state must not be used for decisions.
    `accounts` are the canonical addresses of the people with an account, if the portal needs one before it
    can give them anything; otherwise None. `paths` are those that the files define for grants of APIs.
    `whole` is false if only an excerpt was read: then what is missing elsewhere means nothing.
    """

    portal_id: str
    resources: dict[ResourceId, Resource]
    apis: dict[str, OfferedApi]
    problem: str = ""
    accounts: frozenset[str] | None = None
    paths: GroupPaths = MappingProxyType({})
    whole: bool = True

    @property
    def complete(self) -> bool:
        """True if everything was read."""
        return not self.problem


class Desired(msgspec.Struct, frozen=True):
    """The desired state of one portal on one day.

    `scope` is the owner label. `renames` maps the id of a partner, team, product or group to its former
    names, each with the ids under which it may be live, because a team's partner may be renamed as well.
    `because` is why ids in the files are not desired (expired, suspended …). `blocked` are people by partner.
    `delegated` are the ids of teams whose members are not managed by git. `ended` and `suspended` are names
    of partners, `ended_teams` are ids of teams. `external` are partners that another configuration manages.
    `unmanaged_grants` has the treatment of grants to unmanaged teams by group id; `unmanaged_default` applies
    to all other groups. `external_names` are the names of objects in portals. `withheld` are the grants and
    the ended partners in `because`. `paths` are those of grants of APIs, with the paths by grants in
    `because`. `not_pulled` has the roles by team whose people come from a source and were never read: nobody
    is added to them or removed from them. `former_addresses` maps memberships to those of the same person
    under former addresses.
    """

    scope: str
    today: str
    resources: dict[ResourceId, Resource]
    renames: Mapping[ResourceId, tuple[tuple[ResourceId, ...], ...]]
    because: dict[ResourceId, Because]
    blocked: dict[str, frozenset[str]]
    delegated: frozenset[ResourceId]
    ended: frozenset[str]
    suspended: frozenset[str]
    ended_teams: frozenset[ResourceId] = frozenset()
    external: frozenset[str] = frozenset()
    unmanaged_grants: Mapping[ResourceId, UnmanagedGrants] = MappingProxyType({})
    unmanaged_default: UnmanagedGrants = "keep"
    external_names: Mapping[ResourceId, str | Mapping[str, str]] = MappingProxyType({})
    withheld: Mapping[ResourceId, Resource] = MappingProxyType({})
    paths: GroupPaths = MappingProxyType({})
    not_pulled: Mapping[ResourceId, frozenset[str]] = MappingProxyType({})
    former_addresses: Mapping[ResourceId, tuple[ResourceId, ...]] = MappingProxyType({})

    def removes_unmanaged(self, group: ResourceId) -> bool:
        """Return whether grants of a group to unmanaged teams are removed."""
        return self.unmanaged_grants.get(group, self.unmanaged_default) == "remove"

    def is_move(self, new: ResourceId, old: ResourceId) -> bool:
        """Return whether the rename from `old` to `new` moves a team to another partner."""
        kind, partner, *_ = new.split("/")
        own = {f"partner/{partner}", *(name for (name,) in self.renames.get(f"partner/{partner}", ()))}
        return kind == "team" and f"partner/{old.split('/')[1]}" not in own
