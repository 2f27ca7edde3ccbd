"""The terms of an export: what the files need and know beside the live state."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from reconciler.model.resource import ResourceId


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported, and what the files say already.

    `scope` is the owner label, `owners` are the owners to choose from and `owner` the one where the portal
    names none of them. `stored` are the fields that the portal stores, as `kind.field`. `portal` is its name
    if there are several, because then documents are for this one alone.

    `partners` and `groups` limit the export to these names; both empty export everything. `include_members`
    lists the members of delegated teams as well. With `keeps_unlisted`, teams are delegated in a portal that
    cannot store this. `external` are partners that another configuration manages.

    `defined` are the objects in the files, `granted` the grants there, and `names` the names of objects in
    the portal where they differ.
    """

    scope: str
    today: str
    owners: frozenset[str]
    owner: str
    stored: frozenset[str]
    portal: str = ""
    partners: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    include_members: bool = False
    keeps_unlisted: bool = False
    external: frozenset[str] = frozenset()
    defined: frozenset[ResourceId] = frozenset()
    granted: frozenset[ResourceId] = frozenset()
    names: Mapping[ResourceId, str] = MappingProxyType({})

    @property
    def is_partial(self) -> bool:
        """Whether only some partners or groups are exported."""
        return bool(self.partners or self.groups)
