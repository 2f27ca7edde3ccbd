"""Lookups that several rules share: documents by kind, bodies by name, access, APIs and unusual texts."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import msgspec

from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Body,
    Catalog,
    Configuration,
    ConfigurationSpec,
    Document,
    KindName,
    Partner,
    Visibility,
)
from reconciler.model.ids import split_team
from reconciler.model.metadata import Metadata
from reconciler.model.people_lock import PeopleLock
from reconciler.model.portal_names import ExternalName, has_external_name, named_objects
from reconciler.model.resource import ResourceId
from reconciler.model.source_map import Path
from reconciler.policy.context import RuleContext
from reconciler.policy.partner_view import GrantRef, PartnerView, earlier
from reconciler.policy.path_count import Sizes
from reconciler.policy.similarity import likely_renames

_Body = TypeVar("_Body", AccessGroup, ApiProduct)
# An object, its external name if it has one, and the place of that.
NamedObject: TypeAlias = tuple[ResourceId, ExternalName | None, Document, Path]


class ApiFacts(msgspec.Struct, frozen=True, gc=False):
    """The known facts about an API."""

    visibility: Visibility
    owner: str | None
    bundled_by: tuple[str, ...] = ()

    def is_foreign(self, owner: str) -> bool:
        """Return whether an owner needs the approval of the API's owner to bundle it."""
        return owner != self.owner and owner not in self.bundled_by


def _is_special(body: Body) -> bool:
    metadata = body.metadata
    return isinstance(metadata, Metadata) and bool(metadata.exceptions or metadata.portals)


class Index:
    """The rule context with lookups. If a name is defined twice, the first definition counts."""

    def __init__(self, context: RuleContext) -> None:
        self.context = context
        self.today = context.today
        self.configuration = context.repository.configuration
        body = self.configuration.body
        self.settings = body.spec if isinstance(body, Configuration) else ConfigurationSpec(paths={})
        self.documents = context.repository.documents

    @cached_property
    def renames(self) -> dict[ResourceId, ResourceId]:
        """The created object that each deleted one was probably renamed to."""
        desired, likely = self.context.desired, likely_renames(self.context.changes or ())
        declared = desired.renames if desired else {}
        # A declared rename that is refused has its own error.
        return {
            old: new
            for old, new in likely.items()
            if not any(old in names for names in declared.get(new, ()))
        }

    @cached_property
    def undefined(self) -> list[ResourceId]:
        """The ids of live resources that no file defines."""
        desired, live = self.context.desired, self.context.live
        found, defined = live.resources if live else {}, desired.resources if desired else {}
        # Usually everything is defined, which a comparison of the keys shows much faster.
        return [] if found.keys() <= defined.keys() else [each for each in found if each not in defined]

    def of_kind(self, kind: str | None) -> list[Document]:
        """Return the documents of a kind, or those whose kind could not be read."""
        return self._kinds.get(kind, [])

    @cached_property
    def _kinds(self) -> dict[str | None, list[Document]]:
        kinds: dict[str | None, list[Document]] = {}
        for document in self.documents:
            kinds.setdefault(document.kind, []).append(document)
        return kinds

    def is_whole(self, *kinds: KindName) -> bool:
        """Return whether all documents of these kinds could be read.

        Otherwise rules report nothing that the unread documents could disprove.
        """
        unreadable = self.context.repository.unreadable
        return not any(
            kind in unreadable or any(document.body is None for document in self.of_kind(kind))
            for kind in (*kinds, None)
        )

    @cached_property
    def special(self) -> list[Document]:
        """The few documents with exceptions, for some portals only, or with errors."""
        return [each for each in self.documents if each.body is None or _is_special(each.body)]

    @cached_property
    def externally_named(self) -> list[Document]:
        """The few documents that give an object another name in portals."""
        held = [holder.document for holder in self.holders.values() if holder.has_external_names]
        others = chain(self.unindexed_partners, self.of_kind("AccessGroup"), self.of_kind("ApiProduct"))
        return held + [each for each in others if has_external_name(each.body)]

    @cached_property
    def objects(self) -> list[NamedObject]:
        """All partners, teams, groups and products in the files."""
        return [
            (each, external, document, path)
            for document in self.documents
            for each, external, path in named_objects(document.body)
        ]

    @cached_property
    def lock(self) -> PeopleLock:
        """The people of directories."""
        return PeopleLock(self.documents)

    @cached_property
    def holders(self) -> dict[str, PartnerView]:
        """The partners, by name."""
        holders: dict[str, PartnerView] = {}
        for document in self.of_kind("Partner"):
            body = document.body
            if isinstance(body, Partner) and body.metadata.name not in holders:
                holders[body.metadata.name] = self.context.views.of(document, body, self.lock)
        return holders

    @cached_property
    def unindexed_partners(self) -> list[Document]:
        """The documents of partners that violate the schema, or whose name is already used."""
        held = {id(holder.document) for holder in self.holders.values()}
        return [document for document in self.of_kind("Partner") if id(document) not in held]

    def partner_documents(self, name: str) -> list[Document]:
        """Return all documents of the partner with this name."""
        held = [self.holders[name].document] if name in self.holders else []
        return held + self._unindexed_by_name.get(name, [])

    @cached_property
    def _unindexed_by_name(self) -> dict[str | None, list[Document]]:
        named: dict[str | None, list[Document]] = {}
        for document in self.unindexed_partners:
            named.setdefault(document.name, []).append(document)
        return named

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
        for document in self.of_kind(sort.__name__):
            if isinstance(document.body, sort):
                found.setdefault(document.body.metadata.name, (document, document.body))
        return found

    @cached_property
    def apis(self) -> dict[str, ApiFacts] | None:
        """The APIs in the catalog; None without a catalog."""
        catalogs = [each.body for each in self.of_kind("Catalog") if isinstance(each.body, Catalog)]
        listed = [api for body in catalogs for api in body.spec.apis]
        return (
            {api.name: ApiFacts(api.visibility, api.owner, api.bundled_by) for api in listed}
            if catalogs
            else None
        )

    @cached_property
    def current_partners(self) -> list[PartnerView]:
        """The partners that have not ended."""
        return [holder for holder in self.holders.values() if holder.status != "ended"]

    @cached_property
    def granted(self) -> dict[str, list[GrantRef]]:
        """All access that groups grant to teams and partners, by the name of the partner."""
        granted: dict[str, list[GrantRef]] = {}
        for document, body in self.groups.values():
            for number, grant in enumerate(body.spec.grants):
                partner, team = split_team(grant.team or grant.partner or "")
                if partner in self.holders:
                    until = earlier(grant.until, self.holders[partner].body.spec.until)
                    path, name = ("spec", "grants", number), body.metadata.name
                    given = GrantRef(document, path, partner, team or None, name, grant.level, until)
                    granted.setdefault(partner, []).append(given)
        return granted

    def current_access(self, holder: PartnerView) -> list[GrantRef]:
        """Return all current access of a partner and its teams; that of its own file comes first."""
        granted = self.granted.get(holder.name)
        return [
            given
            for given in (holder.own_access + granted if granted else holder.own_access)
            if given.until is None or given.until >= self.today
        ]

    @cached_property
    def sizes(self) -> Sizes:
        """The number of paths to APIs that the files define."""
        return Sizes(
            self.groups, self.products, [each for each in self.current_partners if each.status == "active"]
        )

    def apis_of(self, group: str) -> frozenset[str]:
        """Return the APIs of a group and its products, or nothing if there are too many paths."""
        return self._bundles.get(group, frozenset())

    @cached_property
    def _bundles(self) -> dict[str, frozenset[str]]:
        if self.sizes.total.problem:
            return {}
        products = {name: body.spec.apis for name, (_, body) in self.products.items()}
        return {
            name: frozenset(body.spec.apis).union(*(products.get(each, ()) for each in body.spec.products))
            for name, (_, body) in self.groups.items()
        }

    @cached_property
    def unusual(self) -> list[tuple[Document, Path, str]]:
        """All texts that contain or encode (xn--) more than printable ASCII."""
        files = self.context.repository.unusual
        return [
            (document, path, text)
            for document in self.documents
            if (files is None or document.file in files) and _is_unusual(msgspec.json.encode(document.data))
            for path, text in _texts(document.data, ())
            if not text.isascii() or not text.isprintable() or "xn--" in text.lower()
        ]


def _is_unusual(text: bytes) -> bool:
    """Return whether JSON contains more than printable ASCII; it escapes unprintable characters."""
    return not text.isascii() or b"\\" in text or b"\x7f" in text or b"n--" in text or b"N--" in text


def _texts(data: Any, keys: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))
