"""The checks of `reconciler doctor` for a directory with SCIM."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.directory import Directory
from reconciler.model.health import Check, CheckResult, failed, ok
from reconciler.sources.checks import directory_checks
from reconciler.sources.scim.api import ScimApi

RIGHTS: Final = "give the account the right to read users and groups"


class ScimChecks:
    """Whether the credentials are accepted, what the server says about itself, and what it shows."""

    def __init__(self, api: ScimApi) -> None:
        self._api = api

    def all(self, directory: Directory, groups: Sequence[str]) -> list[Check]:
        """Return the checks, in their order."""
        needs = ("account", "right-read")
        return [
            Check("account", self._account, needs=()),
            Check("right-read", self._right_read),
            *(Check(each.name, each.run, needs) for each in directory_checks(directory, groups)),
        ]

    async def _account(self) -> CheckResult:
        """Read the settings of the server, for which it wants the credentials, and a page of users."""
        await self._api.read_settings()
        await self._api.first_users()
        settings = self._api.settings
        filters = "with filters" if settings.filters else "without filters"
        pages = "by cursor" if settings.cursors else "by index"
        return ok(f"the server accepts the credentials; {filters}, pages {pages}")

    async def _right_read(self) -> CheckResult:
        """Read users and groups. A directory shows none of them to an account without the right."""
        users, total = await self._api.first_users()
        groups = await self._api.first_groups()
        if not users or not groups:
            hidden = " and ".join(name for name, found in (("users", users), ("groups", groups)) if not found)
            return failed(f"the directory shows no {hidden}", RIGHTS)
        return ok(f"reads groups and {counted(len(users) if total is None else total, 'user')}")
