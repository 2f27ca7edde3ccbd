"""Check for teams without an admin, whose members nobody in the partner can manage."""

from collections.abc import Iterator, Sequence

from reconciler.model.hierarchy import after_renames
from reconciler.model.ids import name_of
from reconciler.model.kinds import team_of
from reconciler.model.resource import Fields
from reconciler.model.timestamps import days_after
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import AnyPerson, PartnerView, current_teams

_HINT = "add an admin without an end; only admins can manage the members in the portal"


def no_admin(index: Index) -> Iterator[Violation]:
    """Report teams without any admin."""
    for holder, number, admins in _without_lasting_admin(index):
        if not admins:
            yield _violation(holder, number, "has no admin")


def no_lasting_admin(index: Index) -> Iterator[Violation]:
    """Report teams whose last admin has ended, or ends within `endingSoonDays` (30)."""
    soon = days_after(index.today, index.settings.ending_soon_days)
    for holder, number, admins in _without_lasting_admin(index):
        last = max(((_end(admin), _email(admin)) for admin in admins), default=("", ""))
        if last[0] and last[0] < index.today:
            yield _violation(holder, number, f"has no admin: the last one, {last[1]}, ended on {last[0]}")
        elif last[0] and last[0] <= soon:
            yield _violation(
                holder,
                number,
                f"will have no admin after {last[0]}: the last one, {last[1]}, ends on that day",
            )


def left_without_admin(index: Index) -> Iterator[Violation]:
    """Report teams that lose their last admin by `--only-removals` before the next one is added."""
    desired, live = index.context.desired, index.context.live
    changes = index.context.changes or ()
    left = {team_of(each.id) for each in changes if _is_admin(each.before) and not _is_admin(each.after)}
    if not left or desired is None or live is None:
        return
    remaining = after_renames(
        live.resources, {each.renamed_from: each.id for each in changes if each.renamed_from}
    )
    admins = {each: held.fields for each, held in remaining.items()} | {
        each.id: each.after for each in changes
    }
    left -= {team_of(each) for each, fields in admins.items() if _is_admin(fields)}
    left &= {team_of(each.id) for each in desired.resources.values() if _is_admin(each.fields)}
    for team in sorted(filter(None, left)):
        wanted = desired.resources.get(team)
        if wanted is not None and wanted.origin is not None:
            message = f'team "{name_of(team)}" loses its last admin before the next one in the file is added'
            hint = "apply the other changes as well"
            yield Violation(
                wanted.origin.document, (*wanted.origin.path[:-1], "admins"), message, hint, id=team
            )


def _is_admin(fields: Fields | None) -> bool:
    """Whether these are the fields of an admin's membership."""
    return (fields or {}).get("role") == "admin"


def _without_lasting_admin(index: Index) -> Iterator[tuple[PartnerView, int, Sequence[AnyPerson]]]:
    """Yield the teams in which every admin has an end, with the admins."""
    for holder in index.current_partners:
        if holder.may_lack_admin:
            for number, _ in current_teams(holder.body):
                admins = holder.in_role(number, "admins")
                if admins is not None and all(map(_end, admins)):
                    yield holder, number, admins


def _end(admin: AnyPerson) -> str:
    return "" if isinstance(admin, str) else admin.until or ""


def _email(admin: AnyPerson) -> str:
    return admin if isinstance(admin, str) else admin.email


def _violation(holder: PartnerView, number: int, what: str) -> Violation:
    name = f"{holder.name}/{holder.body.spec.teams[number].name}"
    path = ("spec", "teams", number, "admins")
    return Violation(holder.document, path, f'team "{name}" {what}', _HINT, id=f"team/{name}")
