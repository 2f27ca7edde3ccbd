"""Servers that fail by chance: a list that is believed is right, and nobody who is in a group has left it."""

import random
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.errors import PortalError
from reconciler.model.directory import Directory
from tests.servers.scim import BASE, ScimServer, ScimState
from tests.sources.scim.opening import ask

Body = dict[str, Any]
NAMES = ("Acme Developers", "Acme Admins", "Nobody")
_MEDIA_TYPE = "application/scim+json"


class Company:
    """A random directory: its groups are in one another, and some accounts are disabled."""

    def __init__(self, chance: random.Random) -> None:
        self.state = ScimState()
        users = [self.state.add_user(f"p{number}@acme.example") for number in range(12)]
        for user in chance.sample(users, 3):
            self.state.disable(user)
        below = self.state.add_group("Below", *chance.sample(users, 4))
        self.groups = {name: self.state.add_group(name) for name in NAMES}
        for name in NAMES[:2]:
            for user in chance.sample(users, chance.randint(1, 8)):
                self.state.join(self.groups[name], user)
            if chance.random() < 0.5:
                self.state.join(self.groups[name], below)

    def truth(self, name: str, *, nested: bool = True) -> set[str]:
        """Return the ids of all users in a group, and of those in the groups in it."""
        members = [each.value or "" for each in self.state.groups[self.groups[name]].members or ()]
        below = [group for group in members if group in self.state.groups]
        inner = {each.value or "" for group in below for each in self.state.groups[group].members or ()}
        return {each for each in members if each in self.state.users} | (inner if nested else set())

    def active(self, name: str, *, nested: bool) -> set[str]:
        """Return the ids of those whose accounts are not disabled."""
        return {each for each in self.truth(name, nested=nested) if self.state.users[each].active}


class Chaos:
    """Answers one request in some wrongly: not at all, late, truncated, changed or for another tenant."""

    def __init__(self, company: Company, chance: random.Random) -> None:
        self._chance = chance
        self._odds = chance.choice((0.05, 0.2, 0.5))
        self.server = ScimServer(company.state, page=chance.choice((3, 5, 100)))
        self.server.filters = chance.random() < 0.7
        self.server.cursors = chance.random() < 0.2
        self.server.user_groups = chance.random() < 0.7
        self.server.members = chance.choice(("default", "request", "never"))
        self.server.before = self._before
        self.server.change = self._change

    def _before(self, request: Request) -> Response | None:
        if request.url.path == f"{BASE}/ServiceProviderConfig" or self._chance.random() > self._odds:
            return None
        return self._chance.choice(
            (
                Response(status_code=500),
                Response(status_code=429, headers={"Retry-After": "3"}),
                Response(status_code=403),
                Response(status_code=501),
                Response('{"detail": "tooMany", "scimType": "tooMany"}', 400, media_type=_MEDIA_TYPE),
                Response(b'{"schemas": ["urn:ietf:params:sc', media_type=_MEDIA_TYPE),
                Response(b"<html>", media_type="text/html"),
                RedirectResponse("https://elsewhere.example"),
            )
        )

    def _change(self, path: str, body: Body) -> Body:
        if path == "/ServiceProviderConfig" or self._chance.random() > self._odds:
            return body
        if "Resources" not in body:
            return {**body, "id": "another"}
        entries = list(body["Resources"])
        faults = (
            {"Resources": entries[:-1]},
            {"Resources": entries + entries[-1:]},
            {"Resources": list(reversed(entries))},
            {"Resources": [], "totalResults": body["totalResults"] + 1},
            {"totalResults": body["totalResults"] + 1},
            {"Resources": None},
            {"Resources": [{**each, "displayName": "Another tenant"} for each in entries]},
            {"Resources": [{key: each[key] for key in each if key != "members"} for each in entries]},
            {"itemsPerPage": 10**6, "startIndex": 7},
        )
        return {**body, **self._chance.choice(faults)}


def play(seed: int) -> tuple[int, int]:
    """Check one directory; return how many lists were believed, and how many people had certainly left."""
    chance = random.Random(seed)  # noqa: S311  a seed that can be repeated
    company = Company(chance)
    chaos = Chaos(company, chance)
    believed = left = 0

    async def act(directory: Directory) -> None:
        nonlocal believed, left
        answers = await directory.read(NAMES, lambda *_: None)
        for name, answer in answers.items():
            found = {each.id for each in answer.people}
            if answer.completeness == "complete":
                # A server that never shows members shows no groups in groups.
                shown = company.truth(name, nested=chaos.server.members != "never")
                assert found == shown, (seed, name)
            assert answer.completeness != "empty" or not company.truth(name), (seed, name)
            assert found <= company.truth(name), (seed, name)
            believed += answer.completeness in {"complete", "empty"}
            evidence = await directory.confirm(name, list(company.state.users))
            gone = {user for user, said in evidence.items() if said == "left"}
            assert not gone & company.active(name, nested=chaos.server.members != "never"), (seed, name)
            stayed = {user for user, said in evidence.items() if said == "member"}
            assert stayed <= company.truth(name), (seed, name)
            left += len(gone)

    try:
        ask(chaos.server, act)
    except PortalError:
        return 0, 0
    return believed, left


def check(seeds: range) -> None:
    results = [play(seed) for seed in seeds]
    assert sum(believed for believed, _ in results) > len(seeds) // 3
    assert sum(left for _, left in results) > len(seeds)


def test_servers_that_fail_by_chance() -> None:
    check(range(10))


@pytest.mark.real
@pytest.mark.no_cover
def test_many_servers_that_fail_by_chance() -> None:
    check(range(1000, 1200))
