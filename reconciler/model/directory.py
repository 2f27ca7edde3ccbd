"""What a directory says about groups, and how far it can be believed."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from reconciler.model.portal import Progress

# absent: there is no such group. empty: a list without anybody. partial: some are missing, or may be.
# complete: everybody who is in it. Only a complete list removes people.
Completeness: TypeAlias = Literal["absent", "empty", "partial", "complete"]
# What a directory says of one person who was in a group: still there, gone from it, or nothing certain.
Evidence: TypeAlias = Literal["member", "left", "unknown"]


class DirectoryPerson(msgspec.Struct, frozen=True):
    """A person: the id that never changes, and the address as the directory has it, empty for none.

    Disabled accounts are not active; they count as not in the group.
    """

    id: str
    email: str
    active: bool = True


class GroupAnswer(msgspec.Struct, frozen=True):
    """What a directory says about a group; `reason` is why it is not complete, `notes` are for people."""

    completeness: Completeness
    people: tuple[DirectoryPerson, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()


class Directory(Protocol):
    """A directory of people. Raises PortalError where nothing can be read at all."""

    async def read(self, groups: Sequence[str], progress: Progress) -> Mapping[str, GroupAnswer]:
        """Return the answer about each group, by the name that was asked for."""
        ...

    async def confirm(self, group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Return for each id whether its person is still in the group, as the person's own entry says.

        This does not use the list of the group, so that two answers must agree before anybody is removed.
        """
        ...
