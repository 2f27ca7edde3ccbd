"""People and groups in a subtree of a real server, and what the adapter says about them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Final

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory, Evidence, GroupAnswer
from reconciler.model.directory_settings import LdapSource
from reconciler.model.secret import SecretText
from reconciler.sources.ldap import open_source
from reconciler.sources.package import Credentials
from tests.servers.slapd import PASSWORD, READER, SlapdServer


async def _at_once(_: float) -> None:
    """Wait for no time."""


RETRIES: Final = RetryPolicy(sleep=_at_once, random=lambda: 0.0)


class Company:
    """A subtree with `ou=people` and `ou=groups`."""

    def __init__(self, server: SlapdServer) -> None:
        self.server = server
        self._waiting: list[str] | None = None
        self.base = server.subtree()
        for name in ("people", "groups"):
            server.add(f"dn: ou={name},{self.base}\nobjectClass: organizationalUnit\nou: {name}\n")

    def person(self, uid: str, *lines: str, mail: str | None = "") -> str:
        """Add a person, and return the DN. `mail` is None for a person without one."""
        dn = f"uid={uid},ou=people,{self.base}"
        address = () if mail is None else (f"mail: {mail or f'{uid}@acme.example'}",)
        self.entry(
            dn, "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {uid}", f"sn: {uid}", *address, *lines
        )
        return dn

    def group(self, name: str, *members: str, kind: str = "groupOfNames", lines: Sequence[str] = ()) -> str:
        """Add a group with these members, and return the DN."""
        attribute = {"groupOfUniqueNames": "uniqueMember", "posixGroup": "memberUid"}.get(kind, "member")
        dn = f"cn={name},ou=groups,{self.base}"
        number = ("gidNumber: 5000",) if kind == "posixGroup" else ()
        values = (f"{attribute}: {each}" for each in members)
        self.entry(dn, f"objectClass: {kind}", f"cn: {name}", *number, *values, *lines)
        return dn

    def entry(self, dn: str, *lines: str) -> None:
        """Add an entry."""
        text = "\n".join((f"dn: {dn}", *lines, ""))
        if self._waiting is None:
            self.server.add(text)
        else:
            self._waiting.append(text)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Add all entries of the block at its end, which is faster."""
        self._waiting = []
        yield
        self.server.add("\n".join(self._waiting))
        self._waiting = None

    def change(self, dn: str, *lines: str) -> None:
        """Change an entry, such as with `replace: mail`, `mail: new@acme.example`."""
        self.server.modify("\n".join((f"dn: {dn}", "changetype: modify", *lines, "")))

    def id(self, dn: str) -> str:
        """Return the identity of a person."""
        return self.server.value(dn, "entryUUID")

    def settings(self, **changes: Any) -> LdapSource:
        """Return the settings of a source for this subtree."""
        values = {
            "type": "ldap",
            "url": self.server.url,
            "base": self.base,
            "user": READER,
            "password": {"env": "PORTAL_LDAP"},
            "caFile": str(self.server.folder / "ca.pem"),
        }
        return LdapSource.model_validate({**values, **changes})

    def read(self, *groups: str, **changes: Any) -> Mapping[str, GroupAnswer]:
        """Return what the adapter says about groups."""

        async def run() -> Mapping[str, GroupAnswer]:
            async with opened(self.settings(**changes)) as directory:
                return await directory.read(groups, lambda *_: None)

        return asyncio.run(run())

    def confirm(self, group: str, *people: str, **changes: Any) -> list[Evidence]:
        """Return what the adapter says about each of these ids."""

        async def run() -> Mapping[str, Evidence]:
            async with opened(self.settings(**changes)) as directory:
                return await directory.confirm(group, people)

        found = asyncio.run(run())
        return [found[each] for each in people]

    def addresses(self, group: str, **changes: Any) -> list[str]:
        """Return the addresses of a group that is complete."""
        [answer] = self.read(group, **changes).values()
        assert (answer.completeness, answer.reason) == ("complete", "")
        return sorted(each.email for each in answer.people if each.active)


def opened(
    settings: LdapSource, password: str = PASSWORD, retries: RetryPolicy = RETRIES
) -> AbstractAsyncContextManager[Directory]:
    """Return the open directory of these settings."""
    secret = Credential("PORTAL_LDAP", SecretText(password))
    return open_source(settings, Credentials("people", {"password": secret}), retries)
