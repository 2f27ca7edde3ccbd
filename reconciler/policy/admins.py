"""The rules about teams without an admin: nobody in the partner can manage their members."""

from collections.abc import Iterator

from reconciler.model.document import Person, Team
from reconciler.model.timestamps import days_after
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import PartnerView, present_teams

_HINT = "name an admin who stays: nobody else in the partner can manage its members"


def no_admin(index: Index) -> Iterator[Violation]:
    """A team names at least one admin."""
    for holder, number, team in _without_lasting_admin(index):
        if not team.admins:
            yield _violation(holder, number, "has no admin")


def no_lasting_admin(index: Index) -> Iterator[Violation]:
    """A team has an admin today, and still has one in `endingSoonDays` (30)."""
    soon = days_after(index.today, index.settings.ending_soon_days)
    for holder, number, team in _without_lasting_admin(index):
        last = max((_end(admin), _email(admin)) for admin in team.admins) if team.admins else ("", "")
        if last[0] and last[0] < index.today:
            yield _violation(holder, number, f"has no admin any more: {last[1]} was one until {last[0]}")
        elif last[0] and last[0] <= soon:
            yield _violation(holder, number, f"has no admin after {last[0]}, when {last[1]} ends")


def _without_lasting_admin(index: Index) -> Iterator[tuple[PartnerView, int, Team]]:
    """Yield the teams of which every admin ends on some day."""
    for holder in index.present:
        if holder.lacks_admin:
            for number, team in present_teams(holder.body):
                if all(map(_end, team.admins)):
                    yield holder, number, team


def _end(admin: str | Person) -> str:
    return "" if isinstance(admin, str) else admin.until or ""


def _email(admin: str | Person) -> str:
    return admin if isinstance(admin, str) else admin.email


def _violation(holder: PartnerView, number: int, what: str) -> Violation:
    name = f"{holder.name}/{holder.body.spec.teams[number].name}"
    path = ("spec", "teams", number, "admins")
    return Violation(holder.document, path, f'team "{name}" {what}', _HINT, id=f"team/{name}")
