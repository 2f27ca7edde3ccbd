"""An LDAP server as a directory of people."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.directory import Evidence, GroupAnswer
from reconciler.model.directory_settings import LdapSource
from reconciler.model.health import Check, CheckResult, ok
from reconciler.model.portal import Progress
from reconciler.model.printable import printable
from reconciler.sources.checks import directory_checks
from reconciler.sources.ldap.answers import answer
from reconciler.sources.ldap.confirmation import Confirmation
from reconciler.sources.ldap.names import Name
from reconciler.sources.ldap.reader import Bases, Reader
from reconciler.sources.ldap.schema import Schema, schema_of
from reconciler.sources.ldap.session import LdapSession

_CAPABILITIES: Final = "supportedCapabilities"
_ACTIVE_DIRECTORY: Final = "1.2.840.113556.1.4.800"


class LdapDirectory:
    """The groups below a base, and the people in them."""

    def __init__(self, session: LdapSession, settings: LdapSource, placeholders: frozenset[Name]) -> None:
        self._session = session
        self._settings = settings
        self._known: Schema | None = None
        self._bases = Bases(settings.base, settings.user_base or settings.base, placeholders)

    async def read(self, groups: Sequence[str], progress: Progress) -> Mapping[str, GroupAnswer]:
        """Return the answer about each group. Raises PortalError where nothing can be read."""
        schema = await self._schema()
        reader = Reader(self._session, schema, self._bases)
        located = await reader.find(groups)
        roots = [each.entry for each in located.values() if each.entry is not None]
        tree = await reader.load(roots, progress)
        return {name: answer(located[name], tree, schema) for name in groups}

    async def confirm(self, group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Return for each person whether it is still in the group, without the list of the group."""
        schema = await self._schema()
        located = (await Reader(self._session, schema, self._bases).find([group]))[group]
        if located.entry is None:
            return dict.fromkeys(ids, "unknown")
        confirmation = Confirmation(self._session, schema, self._bases.groups, self._bases.people)
        return await confirmation.ask(located.entry, ids)

    def checks(self, groups: Sequence[str]) -> list[Check]:
        """Return the checks of the account, its rights, and the groups that teams name."""

        async def account() -> CheckResult:
            await self._session.read("", [_CAPABILITIES])
            return ok(f"logs in as {printable(self._settings.user)}, {self._session.encryption}")

        async def right_read() -> CheckResult:
            await self._schema()
            return ok("reads " + " and ".join(sorted({self._bases.groups, self._bases.people})))

        return [
            Check("account", account, needs=()),
            Check("right-read", right_read, needs=("account",)),
            *(
                msgspec.structs.replace(each, needs=("right-read",))
                for each in directory_checks(self, groups)
            ),
        ]

    async def _schema(self) -> Schema:
        if self._known is None:
            self._known = await self._read_schema()
        return self._known

    async def _read_schema(self) -> Schema:
        """Return the attributes of this server, which has the bases. Raises PortalError if it has not."""
        root = await self._session.read("", [_CAPABILITIES])
        capabilities = {value for entry in root.entries for value in entry.texts(_CAPABILITIES)}
        for base in {self._bases.groups, self._bases.people}:
            found = await self._session.read(base, ["objectClass"])
            if problem := self._session.problem(found) or ("" if found.entries else "it cannot be read"):
                message = f'{self._session.endpoint}: the base "{printable(base)}" cannot be read: {problem}'
                raise PortalError(message, "check `base`, `userBase` and the rights of the account")
        return schema_of(self._settings, active_directory=_ACTIVE_DIRECTORY in capabilities)
