"""A realm of Keycloak in this process, with the people of a truth and a fault."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import Any

from reconciler.model.directory import Directory
from tests.servers.keycloak_directory import DirectoryDouble
from tests.sources.faulty import FaultyServer
from tests.sources.keycloak.realms import opened
from tests.sources.truth import GROUPS, Truth


def open_keycloak(truth: Truth, fault: str, random: Random) -> AbstractAsyncContextManager[Directory]:
    """Open the realm; waits take no time."""
    double = DirectoryDouble()
    for each in truth.accounts.values():
        double.users[each.id] = {
            "id": each.id,
            "username": each.id,
            "enabled": each.active,
            "email": each.email,
        }
    for number, group in enumerate(GROUPS):
        double.groups[f"g{number}"] = {"id": f"g{number}", "name": group, "parent": None}
        double.members[f"g{number}"] = list(truth.members[group])
    server = FaultyServer(double, fault, random, _lists)
    return opened("https://id.example", double.realm, application=server)


def _lists(path: str, _body: Any) -> Sequence[tuple[dict[str, Any] | None, str]]:
    return [(None, "")] if path.endswith("/members") else []
