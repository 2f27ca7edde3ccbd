"""What several rules look up: names that exist, bodies by name, and all access that files give."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Catalog,
    Configuration,
    ConfigurationSpec,
    Document,
    Level,
    Partner,
    Visibility,
)
from reconciler.model.positions import Path
from reconciler.policy.world import World


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
        self.partners: dict[str, tuple[Document, Partner]] = {}
        self.groups: dict[str, tuple[Document, AccessGroup]] = {}
        self.products: dict[str, tuple[Document, ApiProduct]] = {}
        self.catalogs: list[Catalog] = []
        for document in self.documents:
            self._add(document)

    def _add(self, document: Document) -> None:
        body = document.body
        if isinstance(body, Partner):
            self.partners.setdefault(body.metadata.name, (document, body))
        elif isinstance(body, AccessGroup):
            self.groups.setdefault(body.metadata.name, (document, body))
        elif isinstance(body, ApiProduct):
            self.products.setdefault(body.metadata.name, (document, body))
        elif isinstance(body, Catalog):
            self.catalogs.append(body)

    @cached_property
    def apis(self) -> dict[str, ApiFacts] | None:
        """The APIs that the files know; None without a catalog."""
        if not self.catalogs:
            return None
        return {
            api.name: ApiFacts(api.visibility, api.owner) for body in self.catalogs for api in body.spec.apis
        }

    @cached_property
    def present(self) -> list[tuple[Document, Partner]]:
        """The partners that have not ended."""
        return [pair for pair in self.partners.values() if pair[1].spec.status != "ended"]

    @cached_property
    def taken(self) -> list[Given]:
        """All access that present partners take up in their own files."""
        return [given for document, body in self.present for given in _taken(document, body)]

    @cached_property
    def granted(self) -> list[Given]:
        """All access that groups give to teams and partners that are present."""
        return [
            given
            for document, body in self.groups.values()
            for given in self._granted(document, body)
            if self._is_present(given.partner)
        ]

    def _is_present(self, partner: str) -> bool:
        found = self.partners.get(partner)
        return found is not None and found[1].spec.status != "ended"

    def _granted(self, document: Document, body: AccessGroup) -> Iterator[Given]:
        for number, grant in enumerate(body.spec.grants):
            partner, _, team = (grant.team or grant.partner or "").partition("/")
            if partner in self.partners:
                until = earlier(grant.until, self.partners[partner][1].spec.until)
                path = ("spec", "grants", number)
                name = body.metadata.name
                yield Given(document, path, partner, team or None, name, grant.level, until)

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

    def apis_of(self, group: str) -> frozenset[str]:
        """Return the APIs of a group, its own and those of its products."""
        known = self._apis_of.get(group)
        if known is None:
            known = self._apis_of[group] = self._collect_apis(group)
        return known

    @cached_property
    def _apis_of(self) -> dict[str, frozenset[str]]:
        return {}

    def _collect_apis(self, group: str) -> frozenset[str]:
        if group not in self.groups:
            return frozenset()
        spec = self.groups[group][1].spec
        products = [self.products[name][1] for name in spec.products if name in self.products]
        return frozenset(spec.apis).union(*(product.spec.apis for product in products))


def _taken(document: Document, body: Partner) -> Iterator[Given]:
    name, spec = body.metadata.name, body.spec
    places: list[tuple[str | None, Path, tuple[Any, ...]]] = [(None, ("spec", "access"), spec.access)]
    places += [
        (team.name, ("spec", "teams", number, "access"), team.access)
        for number, team in enumerate(spec.teams)
        if team.access
    ]
    for team, path, accesses in places:
        for number, access in enumerate(accesses):
            here = (*path, number)
            if isinstance(access, str):
                yield Given(document, here, name, team, access, "consume", spec.until)
            else:
                until = earlier(access.until, spec.until)
                yield Given(document, here, name, team, access.group, access.level, until)


def _is_unusual(text: bytes) -> bool:
    """Whether JSON holds more than printable ASCII; what is not printable is escaped in it."""
    return not text.isascii() or b"\\" in text or b"\x7f" in text or b"xn--" in text.lower()


def _texts(data: Any, keys: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two last days; None is no end."""
    return min(one, other) if one and other else one or other
