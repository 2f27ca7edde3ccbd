"""What several rules look up, gathered once: bodies by name, all access and all people that files name."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Catalog,
    Configuration,
    ConfigurationSpec,
    Document,
    GroupAccess,
    Level,
    Partner,
    Person,
    Visibility,
)
from reconciler.model.positions import Path
from reconciler.policy.raw import spelled, spelled_domain
from reconciler.policy.world import World

_Body = TypeVar("_Body", Partner, AccessGroup, ApiProduct)
Role: TypeAlias = Literal["admins", "members"]


class Given(msgspec.Struct, frozen=True, gc=False):
    """Access to a group that stands at `path` of `document`, for a partner (`team` is None) or a team.

    `until` is capped by the partner's own.
    """

    document: Document
    path: Path
    partner: str
    team: str | None
    group: str
    level: Level
    until: str | None


class Named(msgspec.Struct, frozen=True, gc=False):
    """A person whom a partner's file names: one spelling, end, role, and the numbers of team and entry."""

    email: str
    until: str | None
    role: Role
    team: int
    number: int

    @property
    def path(self) -> Path:
        """Where the person stands in the document."""
        return ("spec", "teams", self.team, self.role, self.number)


class Holder:
    """A partner, with all access that it takes up and all people whom it names."""

    __slots__ = ("body", "document", "groups", "name", "people", "taken")

    def __init__(self, document: Document, body: Partner) -> None:
        self.document = document
        self.body = body
        self.name = body.metadata.name
        self.taken: list[Given] = []
        self.people: list[Named] = []
        if body.spec.access:
            self._take(None, body.spec.access, ("spec", "access"))
        for number, team in enumerate(body.spec.teams):
            self._name(number, "admins", team.admins)
            if not isinstance(team.members, str):
                self._name(number, "members", team.members)
            if team.access:
                self._take(team.name, team.access, ("spec", "teams", number, "access"))
        self.groups = {given.group for given in self.taken}

    def _take(self, team: str | None, accesses: Sequence[str | GroupAccess], keys: Path) -> None:
        cap, document, name = self.body.spec.until, self.document, self.name
        for number, access in enumerate(accesses):
            path = (*keys, number)
            if isinstance(access, str):
                self.taken.append(Given(document, path, name, team, access, "consume", cap))
            else:
                until = earlier(access.until, cap)
                self.taken.append(Given(document, path, name, team, access.group, access.level, until))

    def _name(self, team: int, role: Role, people: Sequence[str | Person]) -> None:
        for number, person in enumerate(people):
            if isinstance(person, str):
                email = person.lower() if person.isascii() else spelled(person)
                self.people.append(Named(email, None, role, team, number))
            else:
                self.people.append(Named(spelled(person.email), person.until, role, team, number))


class ApiFacts(msgspec.Struct, frozen=True, gc=False):
    """What is known about an API."""

    visibility: Visibility
    owner: str | None


class Index:
    """The world, and what rules look up in it. Where a name stands twice, the first one counts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.today = world.today
        self.configuration = world.repository.configuration
        body = self.configuration.body
        self.settings = body.spec if isinstance(body, Configuration) else ConfigurationSpec(paths={})
        self.documents = world.repository.documents

    @cached_property
    def holders(self) -> dict[str, Holder]:
        """The partners, by name."""
        return {name: Holder(document, body) for name, (document, body) in self._named(Partner).items()}

    @cached_property
    def groups(self) -> dict[str, tuple[Document, AccessGroup]]:
        """The access groups, by name."""
        return self._named(AccessGroup)

    @cached_property
    def products(self) -> dict[str, tuple[Document, ApiProduct]]:
        """The API products, by name."""
        return self._named(ApiProduct)

    def _named(self, sort: type[_Body]) -> dict[str, tuple[Document, _Body]]:
        found: dict[str, tuple[Document, _Body]] = {}
        for document in self.documents:
            if isinstance(document.body, sort):
                found.setdefault(document.body.metadata.name, (document, document.body))
        return found

    @cached_property
    def apis(self) -> dict[str, ApiFacts] | None:
        """The APIs that the files know; None without a catalog."""
        catalogs = [each.body for each in self.documents if isinstance(each.body, Catalog)]
        listed = [api for body in catalogs for api in body.spec.apis]
        return {api.name: ApiFacts(api.visibility, api.owner) for api in listed} if catalogs else None

    @cached_property
    def present(self) -> list[Holder]:
        """The partners that have not ended."""
        return [holder for holder in self.holders.values() if holder.body.spec.status != "ended"]

    @cached_property
    def granted(self) -> dict[str, list[Given]]:
        """All access that groups give to teams and partners, by the name of the partner."""
        granted: dict[str, list[Given]] = {}
        for document, body in self.groups.values():
            for number, grant in enumerate(body.spec.grants):
                partner, _, team = (grant.team or grant.partner or "").partition("/")
                if partner in self.holders:
                    until = earlier(grant.until, self.holders[partner].body.spec.until)
                    path, name = ("spec", "grants", number), body.metadata.name
                    given = Given(document, path, partner, team or None, name, grant.level, until)
                    granted.setdefault(partner, []).append(given)
        return granted

    def given(self, holder: Holder) -> list[Given]:
        """Return all access of a partner and its teams that has not ended, its own file's first."""
        granted = self.granted.get(holder.name)
        return [
            given
            for given in (holder.taken + granted if granted else holder.taken)
            if given.until is None or given.until >= self.today
        ]

    def apis_of(self, group: str) -> frozenset[str]:
        """Return the APIs of a group, its own and those of its products."""
        spec = self.groups[group][1].spec
        products = [self.products[name][1] for name in spec.products if name in self.products]
        return frozenset(spec.apis).union(*(product.spec.apis for product in products))

    @cached_property
    def strangers(self) -> list[tuple[Holder, Named]]:
        """Everybody who is named in a team of a partner with domains, and is of none of them."""
        strangers = []
        for holder in self.present:
            if holder.body.spec.domains:
                domains = {spelled_domain(domain) for domain in holder.body.spec.domains}
                strangers += [
                    (holder, person)
                    for person in holder.people
                    if person.email.rpartition("@")[2] not in domains
                ]
        return strangers

    @cached_property
    def unusual(self) -> list[tuple[Document, Path, str]]:
        """Every text that is more than printable ASCII, or that stands for more (xn--)."""
        return [
            (document, path, text)
            for document in self.documents
            if _is_unusual(msgspec.json.encode(document.data))
            for path, text in _texts(document.data, ())
            if not text.isascii() or not text.isprintable() or "xn--" in text.lower()
        ]


def _is_unusual(text: bytes) -> bool:
    """Whether JSON holds more than printable ASCII; what is not printable is escaped in it."""
    return not text.isascii() or b"\\" in text or b"\x7f" in text or b"n--" in text or b"N--" in text


def _texts(data: Any, keys: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two last days; None is no end."""
    return min(one, other) if one and other else one or other
