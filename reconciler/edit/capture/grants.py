"""Capture grants: in the partner's file, or in the group's if its owner has not offered them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from reconciler.edit.access import group_names, holder_of
from reconciler.edit.capture.drafts import Drafts, Entry
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded
from reconciler.model.resource import ResourceId

# The live fields of grants, by id; None for a grant that the portal does not have.
LiveGrants: TypeAlias = Mapping[ResourceId, Mapping[str, Any] | None]
_FIELDS: Final = ("level", "until", "reason")


def capture_team_grant(
    drafts: Drafts, resource_id: ResourceId, selected: LiveGrants, *, in_group: bool
) -> None:
    """Grant a group to a team as the portal does.

    An entry for the whole partner can only be changed if the portal has the same for all its teams, and all
    of that is `selected`. A new entry is in the group's file if `in_group`, else in the partner's.
    """
    _, group, _, partner, team = resource_id.split("/")
    live = selected[resource_id]
    for entry in [*_access(drafts, group, partner, team), *_given(drafts, group, team=f"{partner}/{team}")]:
        _apply(drafts, entry, partner, live)
        return
    for entry in [*_access(drafts, group, partner), *_given(drafts, group, partner=partner)]:
        teams = [each.value["name"] for each in drafts.entries("Partner", partner, "spec", "teams")]
        ids = [f"grant/{group}/team/{partner}/{each}" for each in teams]
        if any(each not in selected or selected[each] != live for each in ids):
            raise InputError(
                f"all teams of {partner} have the group by {drafts.place(entry)}",
                "in the files, give it to single teams instead",
            )
        _apply(drafts, entry, partner, live)
        return
    if live is None:
        return
    if in_group:
        entry_of_group = {"team": f"{partner}/{team}", **_given_fields(live)}
        drafts.append("AccessGroup", group, ("spec", "grants"), entry_of_group)
    else:
        here, _ = holder_of(drafts.data("Partner", partner), team)
        access = {"group": group, **_given_fields(_below_cap(drafts, partner, live))}
        drafts.append("Partner", partner, (*here, "access"), access)


def capture_developer_grant(drafts: Drafts, resource_id: ResourceId, live: Mapping[str, Any] | None) -> None:
    """Grant a group to a person as the portal does, in the group's file."""
    _, group, _, person = resource_id.split("/")
    for entry in _given(drafts, group, developer=decoded(person)):
        _apply(drafts, entry, None, live)
        return
    if live is not None:
        entry_of_group = {"developer": decoded(person), **_given_fields(live)}
        drafts.append("AccessGroup", group, ("spec", "grants"), entry_of_group)


def _apply(drafts: Drafts, entry: Entry, partner: str | None, live: Mapping[str, Any] | None) -> None:
    """Remove an entry, or give it the level, end and reason of the portal."""
    if live is None:
        drafts.remove(entry)
        return
    if partner is not None:
        live = _below_cap(drafts, partner, live)
    kept = {"group": entry.value} if isinstance(entry.value, str) else entry.value
    others = {key: value for key, value in kept.items() if key not in _FIELDS}
    drafts.update(entry, {**others, **_given_fields(live)})


def _given_fields(live: Mapping[str, Any]) -> dict[str, Any]:
    return {key: live[key] for key in _FIELDS if live.get(key) and (key, live[key]) != ("level", "consume")}


def _below_cap(drafts: Drafts, partner: str, live: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields without an end that is that of the whole partner."""
    cap = drafts.data("Partner", partner)["spec"].get("until")
    return {key: value for key, value in live.items() if (key, value) != ("until", cap)}


def _access(drafts: Drafts, group: str, partner: str, team: str = "") -> Iterator[Entry]:
    """Yield the entry of a group in the access of a team, or of the whole partner."""
    here, _ = holder_of(drafts.data("Partner", partner), team)
    for each in drafts.entries("Partner", partner, *here, "access"):
        if group_names([each.value]) == [group]:
            yield each


def _given(drafts: Drafts, group: str, **holder: str) -> Iterator[Entry]:
    ((key, name),) = holder.items()
    for each in drafts.entries("AccessGroup", group, "spec", "grants"):
        found = each.value.get(key)
        if found is not None and (canonical_email(found) if key == "developer" else found) == name:
            yield each
