"""The result of a pull: who comes to teams and leaves them, and what was not believed."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from reconciler.model.directory import Completeness
from reconciler.model.people import LockedPerson
from reconciler.model.people_lock import Role

FORMAT: Final = "reconciler-people-pull/1.0"

Action: TypeAlias = Literal["add", "remove", "address", "id"]


class TeamRole(NamedTuple):
    """A role of a team, which is called PARTNER/TEAM."""

    team: str
    role: Role


# Who is in each role; a role whose list was never read is missing.
Lists: TypeAlias = Mapping[TeamRole, tuple[LockedPerson, ...]]


class PersonChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A change of one person in a role of a team.

    `action` is `add`, `remove`, `address` (the same person has a new address; `previous_email` is the old
    one), or `id` (the address belongs to a new id, `previous_id` is the old one; the membership stays).
    """

    team: str
    role: Role
    action: Action
    source: str
    id: str
    email: str
    previous_email: str | None = None
    previous_id: str | None = None


class LeavingPerson(msgspec.Struct, frozen=True, order=True):
    """A person who would leave a team."""

    team: str
    source: str
    id: str
    email: str


class ExceededLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a pull exceeds: more than `floor` people and more than `count` or `percent` would leave.

    `level` is what the limit is for: all people of the source, those of a partner, or those of a team, with
    that `name`. `leaving` of `people` would leave at least one team; each of them counts once.
    """

    level: Literal["source", "partner", "team"]
    name: str
    leaving: int
    people: int
    percent: int
    count: int
    floor: int


class PulledSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a source led to.

    `outcome` is `applied`; `refused` because of the limits, and nothing of the source is applied; `allowed`
    in spite of the limits; or `failed`, if the source could not be read, for `reason`. With `--allow DIGEST`,
    exactly these people may leave.
    """

    name: str
    outcome: Literal["applied", "refused", "allowed", "failed"]
    groups: int
    reason: str = ""
    limits: tuple[ExceededLimit, ...] = ()
    leaving: tuple[LeavingPerson, ...] = ()
    digest: str | None = None


class UnbelievedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was not believed: nobody is removed because of it, except people who certainly left.

    `missing` are addresses that `people.lock` has and the list does not have; they stay. A group that does
    not exist, and of which `people.lock` has nobody, is only a note.
    """

    source: str
    group: str
    teams: tuple[str, ...]
    completeness: Completeness
    reason: str
    missing: tuple[str, ...] = ()


class GroupNote(msgspec.Struct, frozen=True):
    """A note about a group, such as a person who is not added because the address is not valid."""

    source: str
    group: str
    text: str


class PullSummary(msgspec.Struct, frozen=True):
    """The numbers of people added to roles, removed from them, with a new address or id, and of teams."""

    added: int
    removed: int
    changed: int
    teams: int


class PeoplePull(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How `people.lock` changes, and what was not believed.

    `changed` says whether the file changes. `released` are roles of teams whose people no longer come from a
    source, and `renamed` are teams that were renamed. With `only_removals`, nobody is added and no address
    changes.
    """

    changed: bool
    summary: PullSummary
    changes: tuple[PersonChange, ...]
    sources: tuple[PulledSource, ...]
    unbelieved: tuple[UnbelievedGroup, ...]
    notes: tuple[GroupNote, ...]
    released: tuple[str, ...]
    renamed: tuple[str, ...]
    only_removals: bool
    format: str = FORMAT
