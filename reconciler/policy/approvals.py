"""Determine which owners must approve a plan, because it affects their partners, groups, products or APIs."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from reconciler.model.document import AccessGroup
from reconciler.model.ids import name_of, split_id
from reconciler.model.kinds import name_in, section_of
from reconciler.model.plan import Approval, Change, FileChange
from reconciler.model.resource import Resource, ResourceId
from reconciler.policy.bundling import entering
from reconciler.policy.context import RuleContext
from reconciler.policy.index import ApiFacts, Index

_Touch: TypeAlias = tuple[str, str, ResourceId]


def approvals(context: RuleContext) -> tuple[Approval, ...]:
    """Return each affected owner with the reason and the changes, sorted by owner and reason."""
    owners = _Owners(context)
    touched: dict[tuple[str, str], set[ResourceId]] = {}
    for changed in context.file_changes:
        for owner in owners.of_file_change(changed):
            touched.setdefault((owner, f"changes {changed.path} of {changed.about}"), set()).add(
                changed.about
            )
    for change in context.changes or ():
        for owner, reason, resource_id in owners.touched(change):
            touched.setdefault((owner, reason), set()).add(resource_id)
    return tuple(
        Approval(owner, reason, tuple(sorted(ids))) for (owner, reason), ids in sorted(touched.items())
    )


class _Owners:
    """The owners of objects in the files and in the portal; both old and new owners must approve."""

    def __init__(self, context: RuleContext) -> None:
        self._index = Index(context)
        self._wanted: Mapping[ResourceId, Resource] = context.desired.resources if context.desired else {}
        self._live: Mapping[ResourceId, Resource] = context.live.resources if context.live else {}
        self._before = context.before
        self._offered = context.live.apis if context.live else {}

    def touched(self, change: Change) -> Iterator[_Touch]:
        """Yield owner, reason and change id for every owner affected by a change."""
        about = self._about(change.id)
        owners = self._owners(about)
        for decides in sorted({about, self._about_before(change.id)}):
            for owner in self._owners(decides):
                yield owner, f"changes {decides}", change.id
        yield from (each for each in self._former_owner(change) if each[0] not in owners)
        yield from (each for each in self._entering_apis(change, about) if each[0] not in owners)
        if (
            change.kind == "partner"
            and any(field.path == "type" for field in change.fields)
            and change.before
            and change.after
        ):
            yield from self._new_type(change)

    def of_file_change(self, change: FileChange) -> list[str]:
        """Return the owners of a file change; for the configuration, its first owner."""
        kind, name = split_id(change.about)
        if kind == "configuration":
            return self._first_owner()
        if kind == "api":
            return sorted(self._of_api(name, change))
        return self._owners(self._about(change.about))

    def _first_owner(self) -> list[str]:
        return list(self._index.settings.owners)[:1]

    def _of_api(self, name: str, change: FileChange) -> set[str]:
        """Return who decides about an API of the catalog: its owner, before and after.

        Where the portal does not name the owner of a new API, the first owner confirms it.
        """
        if change.path != "owner":
            return self._owners_of_api(name)
        owners = {str(owner) for owner in (change.before, change.after) if owner}
        offered = self._offered.get(name)
        is_unconfirmed = change.before is None and (offered is None or not offered.owner)
        return owners | set(self._first_owner() if is_unconfirmed else ())

    def _about(self, resource_id: ResourceId) -> ResourceId:
        """Return the partner, group or product that decides about a resource."""
        return _decides(resource_id, self._wanted.get(resource_id) or self._before.get(resource_id))

    def _about_before(self, resource_id: ResourceId) -> ResourceId:
        """Return what decided about a resource in the base: a grant can move from one file to another."""
        return _decides(resource_id, self._before.get(resource_id) or self._wanted.get(resource_id))

    def _owners(self, about: ResourceId) -> list[str]:
        """Return the owners of an object before and after."""
        known = (self._wanted.get(about), self._former(about))
        owners = {str(each.fields["owner"]) for each in known if each and "owner" in each.fields}
        return sorted(owners or self._owners_of_api(name_in(about, "api") or ""))

    def _owners_of_api(self, api: str) -> set[str]:
        """Return the owner of an API, if known."""
        owner = self._facts(api).owner
        return {owner} if owner else set()

    def _facts(self, api: str) -> ApiFacts:
        """Return what the catalog knows about an API, or else the portal."""
        known = (self._index.apis or {}).get(api)
        if known is not None:
            return known
        offered = self._offered.get(api)
        return ApiFacts(offered.visibility if offered else "restricted", offered.owner if offered else None)

    def _former(self, about: ResourceId) -> Resource | None:
        """Return an object in the portal; in the base's files, if the portal does not store its owner."""
        held = self._live.get(about)
        return held if held and "owner" in held.fields else self._before.get(about)

    def _former_owner(self, change: Change) -> Iterator[_Touch]:
        """Yield the owner of a renamed object, or of the partner that a team leaves."""
        former = self._former(self._about(change.renamed_from)) if change.renamed_from else None
        if former is not None and "owner" in former.fields:
            yield str(former.fields["owner"]), f"takes over {change.renamed_from} as {change.id}", change.id

    def _entering_apis(self, change: Change, about: ResourceId) -> Iterator[_Touch]:
        """Yield the owners of the APIs that enter a group or product of an owner who cannot bundle them."""
        found = entering(change, self._index)
        if change.kind == "api-grant" and change.action == "create":
            found = iter([(name_in(change.id, "api") or "", about)])
        for api, container in found:
            wanted = self._wanted.get(container)
            bundler = str(wanted.fields.get("owner")) if wanted else ""
            if self._facts(api).is_foreign(bundler):
                for owner in self._owners_of_api(api):
                    yield owner, f"adds their API to {container}", change.id

    def _new_type(self, change: Change) -> Iterator[_Touch]:
        """Yield the owners of the groups used by a partner whose type changes."""
        partner = name_of(change.id)
        held = self._index.holders.get(partner)
        for group in sorted({given.group for given in held.own_access} if held else ()):
            wanted = self._wanted.get(f"access-group/{group}")
            if wanted is not None:
                became = (change.after or {}).get("type")
                yield (
                    str(wanted.fields["owner"]),
                    f"partner/{partner}, now of type {became}, uses access-group/{group}",
                    change.id,
                )


def _decides(resource_id: ResourceId, known: Resource | None) -> ResourceId:
    """Return the partner, group or product in whose document a resource is defined."""
    if known and known.origin and isinstance(known.origin.document.body, AccessGroup):
        return f"access-group/{known.origin.document.name}"
    return section_of(resource_id)
