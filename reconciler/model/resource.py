"""What portals hold: one frozen Resource for every kind, and the states that are compared."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

from reconciler.model import ids
from reconciler.model.document import Origin, UnmanagedGrants, Visibility

ResourceId: TypeAlias = ids.ResourceId
Because: TypeAlias = Literal["expired", "blocked", "ended", "suspended"]
Fields: TypeAlias = Mapping[str, Any]

_SORTED: Final = msgspec.json.Encoder(order="sorted")


class Resource(msgspec.Struct, frozen=True, gc=False):
    """One object of a portal, or one that the files ask for.

    `id` is `kind/name…`; `fields` are ours, and only those that have a value; `mark` is the name of
    the configuration that owns it (None: nobody, or a kind that bears no mark). `state` (invited, active,
    expired, declined) and `invited_at` (RFC 3339) are live only and in no comparison; `origin` is only in
    what files ask for.
    """

    id: ResourceId
    fields: dict[str, Any]
    mark: str | None = None
    state: str | None = None
    invited_at: str | None = None
    origin: Origin | None = None

    @property
    def kind(self) -> str:
        """The kind, which is the first part of the id."""
        return ids.kind_of(self.id)


def fingerprint(resource: Resource, children: Iterable[ResourceId] = ()) -> str:
    """Return the sha256 of a live resource's id, our fields and mark, and of the ids of its children."""
    covered = [resource.id, resource.fields, resource.mark, sorted(children)]
    return f"sha256:{hashlib.sha256(_SORTED.encode(covered)).hexdigest()}"


class OfferedApi(msgspec.Struct, frozen=True, gc=False):
    """An API that the portal offers, whatever the files say."""

    name: str
    visibility: Visibility
    owner: str | None = None
    display_name: str | None = None


class Live(msgspec.Struct, frozen=True):
    """What a portal held when it was read: everything, whoever owns it.

    `problem` says why the read is incomplete; an incomplete state decides nothing.
    """

    portal_id: str
    resources: dict[ResourceId, Resource]
    apis: dict[str, OfferedApi]
    problem: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything was read."""
        return not self.problem


class Desired(msgspec.Struct, frozen=True):
    """What the files ask one portal to hold on one day, and what they say about what they do not ask for.

    `scope` is the ownership mark. `renames` leads from the id of a partner, team, product or group to its
    former names, each as the ids under which it may be live: a team's partner may have been renamed as well.
    `because` says why ids that the files name are not asked for (expired, suspended …);
    `blocked` are people by partner; `delegated` the ids of teams whose members git leaves alone.
    `ended` and `suspended` are names of partners, `ended_teams` ids of teams. `external` are partners that
    another configuration manages.
    `unmanaged_grants` says what happens to grants for unmanaged teams, by the id of a group that decides it;
    `unmanaged_default` holds for all other groups.
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

    def removes_unmanaged(self, group: ResourceId) -> bool:
        """Whether grants of a group for unmanaged teams are removed."""
        return self.unmanaged_grants.get(group, self.unmanaged_default) == "remove"

    def is_move(self, new: ResourceId, old: ResourceId) -> bool:
        """Whether a team that was `old` comes from another partner, not from an old name of its own."""
        kind, partner, *_ = new.split("/")
        own = {f"partner/{partner}", *(name for (name,) in self.renames.get(f"partner/{partner}", ()))}
        return kind == "team" and f"partner/{old.split('/')[1]}" not in own
