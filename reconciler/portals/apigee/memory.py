"""What a run knows of an organization: the accounts, and each AppGroup as it was last seen."""

from reconciler.portals.apigee.app_group import AppGroup, person_of
from reconciler.portals.apigee.reader import Lists


class Memory:
    """Filled by each read, and kept up to date by writes."""

    def __init__(self) -> None:
        self.accounts: set[str] = set()
        self._owners: dict[str, str | None] = {}
        self._modified: dict[str, int] = {}

    def fill(self, lists: Lists) -> None:
        """Replace everything by what was read."""
        self.accounts = {person_of(each.email) for each in lists.developers}
        self._owners = {group.name: group.owner for group in lists.groups}
        self._modified = {}
        self.note(*lists.groups)

    def note(self, *groups: AppGroup) -> None:
        """Remember when AppGroups were last modified."""
        for group in groups:
            self._modified[group.name] = _seconds(group)

    def owner(self, name: str) -> str | None:
        """Return the owner label of an AppGroup when everything was read."""
        return self._owners.get(name)

    def is_outdated(self, group: AppGroup) -> bool:
        """Return whether an AppGroup is older than it was seen before, as from a replica that lags behind."""
        return _seconds(group) < self._modified.get(group.name, 0)


def _seconds(group: AppGroup) -> int:
    """Return the time of the last change; some responses have it without milliseconds."""
    return group.last_modified_at // 1000
