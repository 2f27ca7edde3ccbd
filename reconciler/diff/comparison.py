"""One comparison: what the files ask for against what the portal holds, resource by resource."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from reconciler.diff.fields import field_changes
from reconciler.model.finding import Finding
from reconciler.model.hierarchy import after_renames, is_unmanaged_grant, owner
from reconciler.model.kinds import parents, partner_of, person_of, team_of
from reconciler.model.plan import ABSENT, Change
from reconciler.model.resource import Because, Desired, Live, Resource, ResourceId, fingerprint

_MEMBERSHIP: Final = "membership/"
# The portal's own time of day is not ours: two days apart is certainly more than 24 hours.
_BETWEEN_INVITATIONS: Final = timedelta(days=2)


class Comparison:
    """The desired state beside the live one, by the ids that hold after the plan's renames."""

    def __init__(self, desired: Desired, live: Live, names: Mapping[ResourceId, ResourceId]) -> None:
        self.desired = desired
        self.names = names
        self.former = {new: old for old, new in names.items()}
        self.live = after_renames(live.resources, names)
        self.foreign = {
            wanted.id
            for wanted in desired.resources.values()
            if wanted.mark is not None
            and (held := self.live.get(wanted.id)) is not None
            and held.mark != desired.scope
        }

    def raises(self) -> Iterator[Change]:
        """Yield what has to be made or altered, for all that the files ask for."""
        for wanted in self.desired.resources.values():
            held = self.live.get(wanted.id)
            if held is None:
                if not self._under_foreign(wanted.id):
                    yield change(wanted, None, "create")
            elif self._differs(wanted, held) and not self._under_foreign(wanted.id):
                action = "create" if _ended_invitation(held, self.desired.today) else "update"
                yield change(wanted, held, action, self.former.get(wanted.id))

    def lowers(self) -> Iterator[tuple[ResourceId, Resource, Because | None]]:
        """Yield what is ours, is live, and has to go, and why."""
        wanted, delegated = self.desired.resources, self.desired.delegated
        for resource_id, held in self.live.items():
            if resource_id in wanted:
                continue
            because = self.because(resource_id, held)
            if (
                because is None
                and resource_id.startswith(_MEMBERSHIP)
                and parents(resource_id)[0] in delegated
            ):
                continue
            if self.is_ours(resource_id):
                yield resource_id, held, because

    def demotions(self) -> Iterator[Change]:
        """Yield the admins of delegated teams whom the files do not name any more: they become members."""
        for resource_id, held in self.live.items():
            if (
                resource_id.startswith(_MEMBERSHIP)
                and held.fields.get("role") == "admin"
                and resource_id not in self.desired.resources
                and parents(resource_id)[0] in self.desired.delegated
                and self.because(resource_id, held) is None
                and self.is_ours(resource_id)
            ):
                demoted = Resource(resource_id, {**held.fields, "role": "member"})
                yield change(demoted, held, "update")

    def is_ours(self, resource_id: ResourceId) -> bool:
        """Whether a live resource belongs to this configuration, which then decides whether it exists."""
        desired = self.desired
        if owner(resource_id, self.live) != desired.scope:
            return False
        if not is_unmanaged_grant(resource_id, self.live, desired.scope, desired.external):
            return True
        return desired.removes_unmanaged(parents(resource_id)[0])

    def not_managed(self) -> Iterator[Finding]:
        """Yield a finding for each object that the files ask for and somebody else made."""
        for resource_id in sorted(self.foreign):
            held, wanted = self.live[resource_id], self.desired.resources[resource_id]
            whose = f"belongs to the configuration {held.mark}" if held.mark else "bears no mark"
            yield Finding.at(
                wanted.origin.source if wanted.origin else None,
                "not-managed",
                f"{resource_id} exists in the portal and {whose}",
                f"`reconciler adopt {resource_id}` takes it over as it is{_renamed_configuration(held)}",
                id=resource_id,
            )

    def because(self, resource_id: ResourceId, held: Resource) -> Because | None:
        """Return the first reason that holds, of expired, blocked, ended, suspended."""
        said = self.desired.because.get(resource_id)
        if said == "expired" or self._has_ended(resource_id, held):
            return "expired"
        partner = partner_of(resource_id)
        if partner is None:
            return None
        if resource_id.startswith(_MEMBERSHIP) and self._is_blocked(resource_id, partner):
            return "blocked"
        if partner in self.desired.ended or team_of(resource_id) in self.desired.ended_teams:
            return "ended"
        return "suspended" if said == "suspended" or self._is_suspended(resource_id, partner) else None

    def _differs(self, wanted: Resource, held: Resource) -> bool:
        return (
            wanted.fields != held.fields
            or wanted.id in self.former
            or (held.state == "expired" and _ended_invitation(held, self.desired.today))
        )

    def _under_foreign(self, resource_id: ResourceId) -> bool:
        """Whether it, or what it hangs on, is somebody else's: then nothing of it is planned."""
        return bool(self.foreign) and (
            resource_id in self.foreign or any(map(self._under_foreign, parents(resource_id)))
        )

    def _has_ended(self, resource_id: ResourceId, held: Resource) -> bool:
        """Whether its last day has passed; the ends of a delegated team's members are its admins' affair."""
        until = held.fields.get("until")
        if until is None or until >= self.desired.today:
            return False
        return held.fields.get("role") != "member" or parents(resource_id)[0] not in self.desired.delegated

    def _is_blocked(self, resource_id: ResourceId, partner: str) -> bool:
        blocked = self.desired.blocked.get(partner)
        return bool(blocked) and person_of(resource_id) in (blocked or ())

    def _is_suspended(self, resource_id: ResourceId, partner: str) -> bool:
        return resource_id.startswith("grant/") and partner in self.desired.suspended


def _renamed_configuration(held: Resource) -> str:
    """Return what to do where the label of an object is one that the configuration had before."""
    return (
        f"; if {held.mark} was this configuration's name, `reconciler adopt --from {held.mark}`"
        if held.mark
        else ""
    )


def change(
    wanted: Resource, held: Resource | None, action: Any, renamed_from: ResourceId | None = None
) -> Change:
    """Return the change that makes `held` into `wanted`."""
    before = held.fields if held else None
    same = before == wanted.fields
    return Change(
        id=wanted.id,
        kind=wanted.kind,
        action=action,
        renamed_from=renamed_from,
        before=before,
        after=wanted.fields,
        fields=() if same else field_changes(before, wanted.fields),
        precondition=fingerprint(held) if held else ABSENT,
        source=wanted.origin.source if wanted.origin else None,
    )


def _ended_invitation(held: Resource, today: str) -> bool:
    """Whether an invitation has expired and may be sent again: at most once in 24 hours."""
    if held.state != "expired":
        return False
    if held.invited_at is None:
        return True
    sent = date.fromisoformat(held.invited_at[:10])
    return sent + _BETWEEN_INVITATIONS <= date.fromisoformat(today)
