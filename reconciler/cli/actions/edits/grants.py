"""Add access groups to a partner's file, and take them away."""

import msgspec

from reconciler import edit
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edits.edit_values import last_day, removed_keys, warn_if_inactive
from reconciler.cli.actions.edits.held_access import Wanted, grants_of, held_access
from reconciler.errors import InputError
from reconciler.model.document import Document, GroupAccess, Partner, Repository
from reconciler.model.ids import split_team
from reconciler.workflow.edit import DocumentEdit, Edits


class GrantOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler grant`; `holder` is PARTNER or PARTNER/TEAM."""

    holder: str
    group: str
    level: str | None
    until: str | None
    no_until: bool
    past: bool
    reason: str | None
    no_reason: bool


def grant_group(options: EditOptions, grant: GrantOptions) -> int:
    """Add a group to a partner's file. Raises click.UsageError, InputError, PolicyError."""
    partner, team = split_team(grant.holder)
    flags = {"until": (grant.until, grant.no_until), "reason": (grant.reason, grant.no_reason)}
    access = edit.Access(
        group=grant.group,
        level=grant.level or "",
        until=last_day(grant.until, options.day, past=grant.past),
        reason=grant.reason or "",
        without=removed_keys(flags),
    )

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        warn_if_inactive(document)
        _require_new(document, files.repository, grant.holder, grant.group)
        return Edits((DocumentEdit(document, edit.granted(document.data, team, access)),))

    return edit_files(options, edits)


def revoke_group(options: EditOptions, holder: str, group: str) -> int:
    """Remove a group from a partner's file, or a grant from the group's. Raises InputError, PolicyError."""

    def edits(files: Files) -> Edits:
        entry = held_access(files, Wanted(holder, group, "revoke"))
        operations = edit.revoked(entry.document.data, entry.path)
        return Edits((DocumentEdit(entry.document, operations),), notes=entry.notes)

    return edit_files(options, edits)


def _require_new(document: Document, repository: Repository, holder: str, group: str) -> None:
    """Raise InputError if a partner or team already has a group from another place than its own access."""
    places = _granted_at(document, holder, group) or _owner_grants(repository, holder, group)
    if places:
        who, place = next(iter(places.items()))
        hint = "change that entry, or remove it first"
        raise InputError(f'{who} already has access group "{group}" from {place}', hint)


def _granted_at(document: Document, holder: str, group: str) -> dict[str, str]:
    """Return where the partner's file gives a group to the partner of a team, or to teams of a partner."""
    partner, team = split_team(holder)
    if not isinstance(document.body, Partner):
        return {}
    spec = document.body.spec
    if team:
        return {
            f'partner "{partner}"': str(document.where("spec", "access", number))
            for number, each in enumerate(spec.access)
            if _group(each) == group
        }
    return {
        f'team "{partner}/{each.name}"': str(document.where("spec", "teams", number, "access", place))
        for number, each in enumerate(spec.teams)
        for place, access in enumerate(each.access)
        if _group(access) == group
    }


def _owner_grants(repository: Repository, holder: str, group: str) -> dict[str, str]:
    """Return where the group's own file grants it to a team, to its partner, or to any team of a partner."""
    partner, team = split_team(holder)
    return {
        f'team "{grant.team}"' if grant.team else f'partner "{partner}"': str(
            document.where("spec", "grants", number)
        )
        for grant, document, number in grants_of(repository, group)
        if grant.partner == partner
        or grant.team == holder
        or (not team and (grant.team or "").startswith(f"{partner}/"))
    }


def _group(access: GroupAccess | str) -> str:
    return access if isinstance(access, str) else access.group
