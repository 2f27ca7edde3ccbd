"""Compare the desired resources with the live resources of the portal."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from reconciler.diff.fields import field_changes
from reconciler.model.access import LEVELS
from reconciler.model.finding import Finding
from reconciler.model.hierarchy import after_renames, is_unmanaged_grant, owner
from reconciler.model.ids import kind_of
from reconciler.model.kinds import has_owner_label, kind_row, parents, partner_of, person_of, team_of
from reconciler.model.plan import ABSENT, Action, Change
from reconciler.model.resource import PARTIAL, Because, Desired, Live, Resource, ResourceId, fingerprint

_MEMBERSHIP: Final = "membership/"
# In these states, a resource with the desired fields may need a change.
_UNSETTLED: Final = frozenset({PARTIAL, "expired"})
# The portal can be in another time zone: a difference of two days is always more than 24 hours.
_BETWEEN_INVITATIONS: Final = timedelta(days=2)


class Comparison:
    """The desired and the live state, by the ids that objects have after the renames of the plan."""

    def __init__(self, desired: Desired, live: Live, names: Mapping[ResourceId, ResourceId]) -> None:
        self.desired = desired
        self.names = names
        self.former = {new: old for old, new in names.items()}
        self.live = after_renames(live.resources, names)
        self.unmanaged: set[ResourceId] = set()
        # Almost all objects are equal in both states, and need no other look.
        self._unequal: list[tuple[Resource, Resource | None]] = []
        self._compare()
        both = len(desired.resources) - sum(held is None for _, held in self._unequal)
        is_all = both == len(self.live)
        self._undefined = [] if is_all else [each for each in self.live if each not in desired.resources]

    def raises(self) -> Iterator[Change]:
        """Yield the changes that create or update desired resources."""
        for desired_resource, live_resource in self._unequal:
            if self._under_unmanaged(desired_resource.id):
                continue
            if live_resource is None:
                yield change(desired_resource, None, "create")
            elif self._differs(desired_resource, live_resource) and not self._may_be_admin(
                desired_resource, live_resource
            ):
                former = self.former.get(desired_resource.id)
                action: Action = (
                    "create" if self._is_created_again(desired_resource, live_resource) else "update"
                )
                made = change(desired_resource, live_resource, action, former)
                because = self.because_lowered(made)
                yield msgspec.structs.replace(made, because=because) if because else made

    def lowers(self) -> Iterator[tuple[ResourceId, Resource, Because | None]]:
        """Yield the managed live resources that must be deleted, with the reasons."""
        for resource_id in self._undefined:
            live_resource = self.live[resource_id]
            because = self.because(resource_id, live_resource)
            if (
                because is None
                and resource_id.startswith(_MEMBERSHIP)
                and self._is_kept(parents(resource_id)[0], live_resource)
            ):
                continue
            if self.is_managed(resource_id):
                yield resource_id, live_resource, because

    def demotions(self) -> Iterator[Change]:
        """Yield changes that make admins of delegated teams members if the files no longer name them."""
        for resource_id in self._undefined:
            live_resource = self.live[resource_id]
            if (
                resource_id.startswith(_MEMBERSHIP)
                and live_resource.fields.get("role") == "admin"
                and parents(resource_id)[0] in self.desired.delegated
                and self.because(resource_id, live_resource) is None
                and not self._is_not_pulled(parents(resource_id)[0], live_resource)
                and self.is_managed(resource_id)
            ):
                demoted = Resource(resource_id, {**live_resource.fields, "role": "member"})
                yield change(demoted, live_resource, "update")

    def is_managed(self, resource_id: ResourceId) -> bool:
        """Whether this configuration manages a live resource, and can therefore delete it."""
        desired = self.desired
        if owner(resource_id, self.live) != desired.scope:
            return False
        if not is_unmanaged_grant(resource_id, self.live, desired.scope, desired.external):
            return True
        return desired.removes_unmanaged(parents(resource_id)[0])

    @property
    def is_all_managed(self) -> bool:
        """Whether this configuration manages each live object that can have an owner label."""
        labels = (self.live[each].owner_label for each in self._undefined if has_owner_label(each))
        return not self.unmanaged and all(label == self.desired.scope for label in labels)

    def not_managed(self) -> Iterator[Finding]:
        """Yield a finding for each desired object that exists without this configuration's owner label."""
        for resource_id in sorted(self.unmanaged):
            live_resource, desired_resource = self.live[resource_id], self.desired.resources[resource_id]
            label = live_resource.owner_label
            problem = f"is managed by the configuration {label}" if label else "has no owner label"
            yield Finding.at(
                desired_resource.origin.source if desired_resource.origin else None,
                "not-managed",
                f"{resource_id} exists in the portal and {problem}",
                f"`reconciler adopt {resource_id}` starts managing it unchanged{_former_name_hint(label)}",
                id=resource_id,
            )

    def because(self, resource_id: ResourceId, live_resource: Resource) -> Because | None:
        """Return the first reason that applies: expired, blocked, ended or suspended."""
        reason = self.desired.because.get(resource_id)
        if reason == "expired" or self._has_ended(resource_id, live_resource):
            return "expired"
        partner = partner_of(resource_id)
        if partner is None:
            return None
        if resource_id.startswith(_MEMBERSHIP) and self._is_blocked(resource_id, partner):
            return "blocked"
        if partner in self.desired.ended or team_of(resource_id) in self.desired.ended_teams:
            return "ended"
        return "suspended" if reason == "suspended" or self._is_suspended(resource_id, partner) else None

    def because_lowered(self, changed: Change) -> Because | None:
        """Return `expired` if an update lowers a grant to the level that remains after an expired one."""
        before, after = changed.before or {}, changed.after or {}
        if changed.action != "update" or not kind_row(changed.kind).is_grant or "level" not in before:
            return None
        today = self.desired.today
        has_expired = before.get("until", today) < today or self.desired.because.get(changed.id) == "expired"
        return "expired" if has_expired and LEVELS[after["level"]] < LEVELS[before["level"]] else None

    def _compare(self) -> None:
        """Find the desired resources that may need a change, and those that are not managed here."""
        live, former, scope = self.live, self.former, self.desired.scope
        for resource_id, wanted in self.desired.resources.items():
            held = live.get(resource_id)
            if held is None:
                self._unequal.append((wanted, None))
                continue
            if wanted.owner_label is not None and held.owner_label != scope:
                self.unmanaged.add(resource_id)
            is_equal = held.fields is wanted.fields or held.fields == wanted.fields
            if not is_equal or held.state in _UNSETTLED or resource_id in former:
                self._unequal.append((wanted, held))

    def _differs(self, desired_resource: Resource, live_resource: Resource) -> bool:
        return (
            desired_resource.fields != live_resource.fields
            or desired_resource.id in self.former
            or live_resource.state == PARTIAL
            or (live_resource.state == "expired" and _ended_invitation(live_resource, self.desired.today))
        )

    def _is_kept(self, team: ResourceId, membership: Resource) -> bool:
        """Whether the files do not say who has this role in a team."""
        return team in self.desired.delegated or self._is_not_pulled(team, membership)

    def _is_not_pulled(self, team: ResourceId, membership: Resource) -> bool:
        """Whether the people with this role come from a source that was never read."""
        roles = self.desired.not_pulled.get(team, ()) if self.desired.not_pulled else ()
        # In a portal without roles, everybody may have the one that was never read.
        return bool(roles) and membership.fields.get("role") in {None, *roles}

    def _may_be_admin(self, wanted: Resource, held: Resource) -> bool:
        """Whether a member is an admin in the portal, and the source of the admins was never read."""
        return (
            wanted.id.startswith(_MEMBERSHIP)
            and wanted.fields.get("role") != held.fields.get("role")
            and held.fields.get("role") == "admin"
            and self._is_not_pulled(parents(wanted.id)[0], held)
        )

    def _is_created_again(self, desired_resource: Resource, live_resource: Resource) -> bool:
        """Whether an invitation is sent again, or a partial object is completed.

        A partial object that differs is updated first.
        """
        if live_resource.state != PARTIAL:
            return _ended_invitation(live_resource, self.desired.today)
        return desired_resource.fields == live_resource.fields and desired_resource.id not in self.former

    def _under_unmanaged(self, resource_id: ResourceId) -> bool:
        """Whether a resource or one of its parents is managed elsewhere, so that no change is planned."""
        return bool(self.unmanaged) and (
            resource_id in self.unmanaged or any(map(self._under_unmanaged, parents(resource_id)))
        )

    def _has_ended(self, resource_id: ResourceId, live_resource: Resource) -> bool:
        """Whether the last day or an invitation has passed; admins decide about members of their teams."""
        until = live_resource.fields.get("until")
        if live_resource.state != "expired" and (until is None or until >= self.desired.today):
            return False
        return (
            live_resource.fields.get("role") != "member"
            or parents(resource_id)[0] not in self.desired.delegated
        )

    def _is_blocked(self, resource_id: ResourceId, partner: str) -> bool:
        blocked = self.desired.blocked.get(partner)
        return bool(blocked) and person_of(resource_id) in (blocked or ())

    def _is_suspended(self, resource_id: ResourceId, partner: str) -> bool:
        return partner in self.desired.suspended and kind_row(kind_of(resource_id)).is_grant


def _former_name_hint(label: str | None) -> str:
    """Return a hint for owner labels that can be a former name of this configuration."""
    if not label:
        return ""
    return f"; if {label} is a former name of this configuration, use `reconciler adopt --from {label}`"


def change(
    desired_resource: Resource,
    live_resource: Resource | None,
    action: Any,
    renamed_from: ResourceId | None = None,
) -> Change:
    """Return the change from `held` to `wanted`."""
    before = live_resource.fields if live_resource else None
    same = before == desired_resource.fields
    return Change(
        id=desired_resource.id,
        kind=desired_resource.kind,
        action=action,
        renamed_from=renamed_from,
        before=before,
        after=desired_resource.fields,
        fields=() if same else field_changes(before, desired_resource.fields),
        precondition=fingerprint(live_resource) if live_resource else ABSENT,
        source=desired_resource.origin.source if desired_resource.origin else None,
    )


def _ended_invitation(live_resource: Resource, today: str) -> bool:
    """Whether an invitation has expired and may be sent again, which is allowed once in 24 hours."""
    if live_resource.state != "expired":
        return False
    if live_resource.invited_at is None:
        return True
    sent = date.fromisoformat(live_resource.invited_at[:10])
    return sent + _BETWEEN_INVITATIONS <= date.fromisoformat(today)
