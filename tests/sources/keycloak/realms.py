"""Realms that tests fill and read: a real one, whose writer is `python-keycloak`, and the double."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote

from keycloak import KeycloakAdmin

from reconciler.http.asgi_types import Application
from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Evidence, GroupAnswer
from reconciler.model.directory_settings import KeycloakSource
from reconciler.model.secret import SecretText
from reconciler.sources.keycloak import open_source
from reconciler.sources.keycloak.directory import KeycloakDirectory
from reconciler.sources.package import Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import quiet
from tests.forge.serving import served
from tests.servers.keycloak import ADMIN, CLIENT, SECRET, KeycloakServer, Realm
from tests.servers.keycloak_directory import DirectoryDouble

PAGE: Final = 50
VIEW: Final = ("view-users",)
Result = TypeVar("Result")


class RealmGround(Protocol):
    """A realm. Groups are given by their path, people by their id."""

    def group(self, path: str) -> None:
        """Create a group below one that exists."""

    def user(
        self, name: str, *groups: str, address: str | None = "", service: bool = False, **fields: Any
    ) -> str:
        """Create a user in groups, by default with an address, and return the id."""

    def change(self, user: str, **fields: Any) -> None:
        """Change a user."""

    def delete(self, user: str) -> None:
        """Delete a user."""

    def join(self, user: str, group: str) -> None:
        """Add a user to a group."""

    def leave(self, user: str, group: str) -> None:
        """Remove a user from a group."""

    def rename(self, group: str, name: str) -> None:
        """Give a group another name."""

    def delete_group(self, group: str) -> None:
        """Delete a group."""

    def served(self) -> AbstractContextManager[tuple[str, str]]:
        """Serve the realm, and return the address of the server and the name of the realm."""

    def opened(
        self, rights: tuple[str, ...] = VIEW, secret: str = SECRET
    ) -> AbstractAsyncContextManager[KeycloakDirectory]:
        """Open the realm for a service account with these roles."""


class DoubledRealm:
    """A realm in this process."""

    def __init__(self) -> None:
        self.double = DirectoryDouble()

    def group(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        key = self.double.new_id()
        above = self.double.at(parent)["id"] if parent else None
        self.double.groups[key] = {"id": key, "name": name, "parent": above}
        self.double.members[key] = []

    def user(
        self, name: str, *groups: str, address: str | None = "", service: bool = False, **fields: Any
    ) -> str:
        key = self.double.new_id()
        self.double.users[key] = {
            "id": key,
            "username": name,
            "enabled": True,
            **_mail(name, address),
            **fields,
        }
        if service:
            self.double.service_accounts.add(key)
        for group in groups:
            self.join(key, group)
        return key

    def change(self, user: str, **fields: Any) -> None:
        self.double.users[user] |= fields

    def delete(self, user: str) -> None:
        del self.double.users[user]

    def join(self, user: str, group: str) -> None:
        self.double.members[self.double.at(group)["id"]].append(user)

    def leave(self, user: str, group: str) -> None:
        self.double.members[self.double.at(group)["id"]].remove(user)

    def rename(self, group: str, name: str) -> None:
        self.double.at(group)["name"] = name

    def delete_group(self, group: str) -> None:
        del self.double.groups[self.double.at(group)["id"]]

    @contextmanager
    def served(self) -> Iterator[tuple[str, str]]:
        with served(self.double) as address:
            yield address, self.double.realm

    def opened(
        self, rights: tuple[str, ...] = VIEW, secret: str = SECRET
    ) -> AbstractAsyncContextManager[KeycloakDirectory]:
        self.double.rights = frozenset(rights)
        return opened("https://id.example", self.double.realm, secret=secret, application=self.double)


class RealRealm:
    """A realm of a real server, which the client of another project writes as its administrator."""

    def __init__(self, server: KeycloakServer) -> None:
        self._realm: Realm = server.new_realm(VIEW)
        self._clients: dict[tuple[str, ...], str] = {VIEW: CLIENT}
        name, password = ADMIN
        self._admin = KeycloakAdmin(
            server_url=server.url,
            username=name,
            password=password,
            realm_name=self._realm.name,
            user_realm_name="master",
        )

    def group(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        self._admin.create_group({"name": name}, parent=self._id(parent) if parent else None)

    def user(
        self, name: str, *groups: str, address: str | None = "", service: bool = False, **fields: Any
    ) -> str:
        if service:
            client = name.removeprefix("service-account-")
            self._realm.add_client(client, ())
            key = str(
                self._admin.get_client_service_account_user(str(self._admin.get_client_id(client)))["id"]
            )
        else:
            key = self._admin.create_user(
                {"username": name, "enabled": True, **_mail(name, address), **fields}
            )
        for group in groups:
            self.join(key, group)
        return key

    def change(self, user: str, **fields: Any) -> None:
        self._admin.update_user(user, {**self._admin.get_user(user), **fields})

    def delete(self, user: str) -> None:
        self._admin.delete_user(user)

    def join(self, user: str, group: str) -> None:
        self._admin.group_user_add(user, self._id(group))

    def leave(self, user: str, group: str) -> None:
        self._admin.group_user_remove(user, self._id(group))

    def rename(self, group: str, name: str) -> None:
        self._admin.update_group(self._id(group), {"name": name})

    def delete_group(self, group: str) -> None:
        self._admin.delete_group(self._id(group))

    def served(self) -> AbstractContextManager[tuple[str, str]]:
        return nullcontext((self._realm.url, self._realm.name))

    def opened(
        self, rights: tuple[str, ...] = VIEW, secret: str = SECRET
    ) -> AbstractAsyncContextManager[KeycloakDirectory]:
        if rights not in self._clients:
            self._clients[rights] = "-".join(("with", *rights))
            self._realm.add_client(self._clients[rights], rights)
        return opened(self._realm.url, self._realm.name, client=self._clients[rights], secret=secret)

    def _id(self, path: str) -> str:
        return str(self._admin.get_group_by_path(quote(path))["id"])


def opened(
    url: str,
    realm: str,
    *,
    client: str = CLIENT,
    secret: str = SECRET,
    application: Application | None = None,
) -> AbstractAsyncContextManager[KeycloakDirectory]:
    """Open a realm as the service account of a client."""
    settings = KeycloakSource.model_validate(
        {
            "type": "keycloak",
            "url": url,
            "realm": realm,
            "clientId": client,
            "clientSecret": {"env": "PORTAL_SECRET"},
        }
    )
    secrets = {"client_secret": Credential("PORTAL_SECRET", SecretText(secret))}
    credentials = Credentials("people", secrets, application)
    return open_source(settings, credentials, RetryPolicy(sleep=no_sleep, random=lambda: 0.5), PAGE)


def asked(
    opening: AbstractAsyncContextManager[KeycloakDirectory],
    ask: Callable[[KeycloakDirectory], Awaitable[Result]],
) -> Result:
    """Open a directory, and return what it answers."""

    async def act() -> Result:
        async with opening as directory:
            return await ask(directory)

    return asyncio.run(act())


def read(realm: RealmGround, *groups: str, rights: tuple[str, ...] = VIEW) -> Mapping[str, GroupAnswer]:
    """Return the answers about groups."""
    return asked(realm.opened(rights), lambda directory: directory.read(groups, quiet))


def confirmed(realm: RealmGround, group: str, ids: Sequence[str]) -> list[Evidence]:
    """Return what the entries of people say about a group, in order."""
    evidence = asked(realm.opened(), lambda directory: directory.confirm(group, ids))
    return [evidence[each] for each in ids]


def _mail(name: str, address: str | None) -> dict[str, str]:
    return {} if address is None else {"email": address or f"{name}@acme.example"}
