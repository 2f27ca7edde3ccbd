"""The people of a company and the groups that they are in, as they change by chance."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import msgspec

from reconciler.model.directory import DirectoryPerson

GROUPS: Final = ("Acme Developers", "Acme Leads", "Bolt", "Corp")
_FEWEST: Final = 6
_MOST: Final = 14
_START: Final = 24


class Account(msgspec.Struct):
    """An account of a person."""

    id: str
    email: str
    active: bool = True


class Truth:
    """Accounts by id, and the ids of the members of each group. `tenant` begins every id and address."""

    def __init__(self, random: Random, tenant: str = "p") -> None:
        self._random = random
        self._tenant = tenant
        self._number = 0
        self.accounts: dict[str, Account] = {}
        self.members: dict[str, list[str]] = {}
        self.changed: list[str] = []
        for _ in range(_START):
            self._hire()
        for group in GROUPS:
            size = random.randint(_FEWEST, _MOST)
            self.members[group] = random.sample(sorted(self.accounts), size)

    def present(self, group: str) -> dict[str, str]:
        """Return the addresses of those who are in a group, by id."""
        found = (self.accounts[each] for each in self.members[group] if each in self.accounts)
        return {each.id: each.email for each in found if each.active}

    def rows(self, group: str) -> list[DirectoryPerson]:
        """Return everybody in a group, also disabled accounts."""
        found = (self.accounts[each] for each in self.members[group] if each in self.accounts)
        return [DirectoryPerson(each.id, each.email, each.active) for each in found]

    def change(self) -> None:
        """Change a few things: never so many that people cannot tell a change from a fault."""
        actions: Sequence[Callable[[], str]] = (
            self._join,
            self._join,
            self._leave,
            self._move,
            self._disable,
            self._enable,
            self._rename,
            self._rename,
            self._swap,
            self._rebuild,
            self._delete,
        )
        for _ in range(self._random.randint(0, 4)):
            self.changed.append(self._random.choice(actions)())

    def _hire(self) -> str:
        self._number += 1
        key = f"{self._tenant}{self._number}"
        self.accounts[key] = Account(key, f"{key}@{self._tenant}.example")
        return key

    def _any(self) -> str:
        return self._random.choice(sorted(self.accounts))

    def _join(self) -> str:
        group = self._random.choice(GROUPS)
        person = self._hire() if self._random.random() < 0.5 else self._any()
        if person not in self.members[group]:
            self.members[group].append(person)
        return f"{person} joins {group}"

    def _leave(self) -> str:
        group = self._random.choice(GROUPS)
        if not self.members[group]:
            return "nobody leaves"
        person = self._random.choice(self.members[group])
        self.members[group].remove(person)
        return f"{person} leaves {group}"

    def _move(self) -> str:
        source, target = self._random.sample(GROUPS, 2)
        for person in self.members[source][:1]:
            self.members[source].remove(person)
            if person not in self.members[target]:
                self.members[target].append(person)
        return f"somebody moves from {source} to {target}"

    def _disable(self) -> str:
        person = self._any()
        self.accounts[person].active = False
        return f"{person} is disabled"

    def _enable(self) -> str:
        person = self._any()
        self.accounts[person].active = True
        return f"{person} is enabled"

    def _rename(self) -> str:
        person = self._any()
        self._number += 1
        self.accounts[person].email = f"n{self._number}@{self._tenant}.example"
        return f"{person} has a new address"

    def _swap(self) -> str:
        one, other = self._any(), self._any()
        first, second = self.accounts[one], self.accounts[other]
        first.email, second.email = second.email, first.email
        return f"{one} and {other} swap addresses"

    def _rebuild(self) -> str:
        old, new = self._any(), self._hire()
        self.accounts[new].email = self.accounts[old].email
        for members in self.members.values():
            if old in members:
                members[members.index(old)] = new
        del self.accounts[old]
        return f"{old} is created again as {new}"

    def _delete(self) -> str:
        person = self._any()
        del self.accounts[person]
        for members in self.members.values():
            if person in members:
                members.remove(person)
        return f"{person} is deleted"
