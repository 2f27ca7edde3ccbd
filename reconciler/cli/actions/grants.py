"""Add access groups to a partner's file, and remove them."""

import msgspec

from reconciler import edit
from reconciler.cli.actions import edit_file
from reconciler.model.document import AccessGroup, Document, Repository


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
    config: str | None
    day: str | None


def grant_group(options: GrantOptions) -> int:
    """Add a group to a partner's file. Raises click.UsageError, InputError, PolicyError."""
    partner, team = edit_file.split_team(options.holder)
    flags = {"until": (options.until, options.no_until), "reason": (options.reason, options.no_reason)}
    access = edit.Access(
        group=options.group,
        level=options.level or "",
        until=edit_file.last_day(options.until, options.day, past=options.past),
        reason=options.reason or "",
        without=edit_file.removed_keys(flags),
    )

    def operations(document: Document, _: Repository) -> list[edit.Operation]:
        edit_file.warn_if_inactive(document)
        return edit.granted(document.data, team, access)

    return edit_file.edit_partner(options.config, options.day, partner, operations)


def revoke_group(config: str | None, day: str | None, holder: str, group: str) -> int:
    """Remove a group from a partner's file. Raises InputError, PolicyError."""
    partner, team = edit_file.split_team(holder)

    def operations(document: Document, repository: Repository) -> list[edit.Operation]:
        return edit.revoked(document.data, team, group, _owner_grant(repository, holder, group))

    return edit_file.edit_partner(config, day, partner, operations)


def _owner_grant(repository: Repository, holder: str, group: str) -> str:
    """Return where the group's own file grants it to PARTNER or PARTNER/TEAM; empty where it does not."""
    partner, _ = edit_file.split_team(holder)
    for document in repository.documents:
        if isinstance(document.body, AccessGroup) and document.name == group:
            for number, grant in enumerate(document.body.spec.grants):
                if grant.partner == partner or grant.team == holder:
                    return str(document.where("spec", "grants", number))
    return ""
