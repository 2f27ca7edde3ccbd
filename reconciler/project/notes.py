"""Notes: what fallbacks mean for the files, each reported once."""

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.document import Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.ids import decoded, kind_of, name_of
from reconciler.model.kinds import person_of, team_of
from reconciler.model.portal_settings import Fallbacks, fallback_choices
from reconciler.model.resource import Desired, Live, ResourceId

_MOST_NAMES: Final = 10
_DAILY: Final = "run `reconciler apply --only-expired` every day"


class Notes:
    """Notes about the fallbacks of a portal, at their lines in its settings."""

    def __init__(self, fallbacks: Fallbacks, portal: str, settings: Origin | None) -> None:
        chosen = fallbacks.model_dump(by_alias=True, exclude_none=True)
        self.chosen: dict[str, str] = chosen
        self._portal = portal
        self._settings = settings

    def missing(self, option: str) -> str:
        """Return the hint to add a fallback that the portal needs, which begins with the fallback."""
        first, *others = fallback_choices(option)
        setting = f"{option}: {first}" if self.chosen else f"fallbacks: {{{option}: {first}}}"
        alternatives = f" (or {' or '.join(others)})" if others else ""
        portal = f"portal {self._portal}" if self._portal else "the portal"
        file = self._settings.document.file if self._settings else "the configuration"
        where = f"the fallbacks of {portal}" if self.chosen else portal
        return f"add {setting}{alternatives} to {where} in {file}, or change the definition"

    def of_use(self, option: str, ids: Sequence[ResourceId], desired: Desired, live: Live | None) -> Finding:
        """Return the note about what a fallback changes for these resources."""
        if option == "invitations":
            message, hint = _without_account(self.chosen[option], named({person_of(each) for each in ids}))
        else:
            message, hint = _meaning(option, ids, desired, live)
        return self._note("fallback", option, message, hint)

    def unused(self, needed: set[str]) -> Iterator[Finding]:
        """Yield a note about each fallback that the portal has no use for."""
        for option, choice in self.chosen.items():
            if option not in needed:
                message = (
                    f"the fallback {option}: {choice} has no effect, because the portal does not need it"
                )
                yield self._note("unused-fallback", option, message, "remove it")

    def _note(self, rule: str, option: str, message: str, hint: str) -> Finding:
        at = self._settings
        source = at.document.where(*at.path, option) if at else None
        return Finding.at(source, rule, message, hint, severity=Severity.INFO)


def _meaning(option: str, ids: Sequence[ResourceId], desired: Desired, live: Live | None) -> tuple[str, str]:
    """Return what a fallback means for these resources, and what to do about it."""
    if option == "admins":
        people = named({person_of(each) for each in ids})
        return f"admins are plain members in this portal, and nobody manages members there: {people}", ""
    if option == "delegated":
        teams = named({name_of(each) for each in ids})
        message = f"members of delegated teams are left alone, but no admin can manage them: {teams}"
        return f"{message}{_others(ids, desired, live)}", "list the members, or use blocked to remove people"
    if option == "blocked":
        people = named({person for each in desired.blocked.values() for person in each})
        return f"each run removes blocked people, who can be added again between runs: {people}", ""
    if option == "developerGrants":
        people = named({person_of(each) for each in ids})
        return (
            f"people with grants of their own have a team with this one member in this portal: {people}",
            "",
        )
    if option == "view":
        return f"grants at level view are left out of this portal: {named(map(_grant, ids))}", ""
    number = counted(len(ids), "end needs", "ends need")
    return f"this portal does not end access by itself: {number} a daily run", _DAILY


def _without_account(choice: str, people: str) -> tuple[str, str]:
    if choice == "create":
        return f"people without an account get one in this portal: {people}", ""
    return (
        f"people without an account in this portal get nothing until they have one: {people}",
        "ask them to register",
    )


def _others(teams: Sequence[ResourceId], desired: Desired, live: Live | None) -> str:
    """Return which people are in these teams without being named in the files."""
    found = {
        person_of(each)
        for each in (live.resources if live else ())
        if kind_of(each) == "membership" and each not in desired.resources and team_of(each) in {*teams}
    }
    return f"; no file names {named(found)}" if found else ""


def _grant(resource_id: ResourceId) -> str:
    _, group, _, *holder = resource_id.split("/")
    return f"{'/'.join(map(decoded, holder))} → {group}"


def named(names: "Iterator[str] | set[str] | map[str]") -> str:
    """Return the first names in their order, and the number of the others."""
    known = sorted(names)
    more = f" and {len(known) - _MOST_NAMES:,} more" if len(known) > _MOST_NAMES else ""
    return ", ".join(known[:_MOST_NAMES]) + more
