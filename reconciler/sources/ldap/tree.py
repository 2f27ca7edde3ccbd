"""What was read: groups, the groups inside of them, and their people."""

from collections.abc import Mapping

import msgspec

from reconciler.sources.ldap.entries import Entry
from reconciler.sources.ldap.names import Name


class Located(msgspec.Struct, frozen=True):
    """The group of a name, or why it is not certain which one it is; neither if there is none."""

    entry: Entry | None = None
    problem: str = ""


class Group(msgspec.Struct, frozen=True):
    """A group: the DNs of its members, each with its text, their logins, and why some may be missing."""

    entry: Entry
    names: Mapping[Name, str] = {}
    logins: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Tree:
    """What was read: groups and people by DN, people by login, and why others were not found."""

    def __init__(self) -> None:
        self.groups: dict[Name, Group] = {}
        self.people: dict[Name, Entry] = {}
        self.logins: dict[str, list[Entry]] = {}
        self.missing: dict[Name | str, str] = {}

    def knows(self, name: Name) -> bool:
        """Return whether this entry was looked for."""
        return name in self.groups or name in self.people or name in self.missing
