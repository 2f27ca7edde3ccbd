"""Answers of a realm that must not be believed: pages that do not fit, other servers, other people."""

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.errors import PortalError
from reconciler.model.directory import Evidence
from reconciler.testing.harness import quiet
from tests.sources.keycloak.realms import PAGE, DoubledRealm, asked, read

GROUP = "/partners/acme"


@pytest.fixture
def realm() -> DoubledRealm:
    realm = DoubledRealm()
    for path in ("/partners", GROUP):
        realm.group(path)
    return realm


def with_people(realm: DoubledRealm, number: int) -> list[str]:
    return [realm.user(f"u{each:03}", GROUP) for each in range(number)]


@pytest.mark.parametrize("number", [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE])
def test_a_list_ends_where_another_request_finds_nobody_new(realm: DoubledRealm, number: int) -> None:
    ids = with_people(realm, number)

    answer = read(realm, GROUP)[GROUP]

    assert (answer.completeness, [each.id for each in answer.people]) == ("complete", ids)


def test_a_page_that_a_federation_shortens_does_not_end_the_list(realm: DoubledRealm) -> None:
    ids = with_people(realm, 2 * PAGE)
    realm.double.hidden = {ids[3]}

    answer = read(realm, GROUP)[GROUP]

    assert (answer.completeness, answer.reason) == (
        "partial",
        f"groups/{realm.double.at(GROUP)['id']}/members: the list changed while it was read",
    )


def test_a_list_that_changes_once_is_read_again(realm: DoubledRealm) -> None:
    ids = with_people(realm, PAGE + 1)

    def between(path: str) -> None:
        if f"first={PAGE - 1}" in path and ids[0] in realm.double.users:
            realm.delete(ids[0])

    realm.double.before = between

    answer = read(realm, GROUP)[GROUP]

    assert (answer.completeness, [each.id for each in answer.people]) == ("complete", ids[1:])


@pytest.mark.parametrize("failure", ["members?", "group-by-path"])
def test_a_group_that_cannot_be_read_is_partial_and_the_others_are_complete(
    realm: DoubledRealm, failure: str
) -> None:
    realm.group("/partners/brix")
    ana, _ = realm.user("ana", GROUP), realm.user("bob", "/partners/brix")
    about = {"members?": realm.double.at("/partners/brix")["id"], "group-by-path": "brix"}[failure]
    realm.double.fails = lambda path: failure in path and about in path

    answers = read(realm, GROUP, "/partners/brix")

    assert [each.id for each in answers[GROUP].people] == [ana]
    assert (answers["/partners/brix"].completeness, answers["/partners/brix"].people) == ("partial", ())
    assert "server error (500 Internal Server Error)" in answers["/partners/brix"].reason


@pytest.mark.parametrize("user", [{}, {"id": "u", "username": "ana"}, {"id": 1}, []], ids=str)
def test_people_of_another_form_make_the_list_partial(realm: DoubledRealm, user: Any) -> None:
    realm.double.answers = {"/members": [user]}

    answer = read(realm, GROUP)[GROUP]

    assert (answer.completeness, "sent an unexpected response" in answer.reason) == ("partial", True)


def test_another_realm_is_not_read(realm: DoubledRealm) -> None:
    realm.double.answers = {"/admin/realms/company/": {"realm": "tenant"}}

    with pytest.raises(PortalError) as raised:
        read(realm, GROUP)
    assert raised.value.message == (
        'source "people" at https://id.example/admin/realms/company answers for the realm tenant'
    )


def forbidden(realm: DoubledRealm, _ana: str) -> None:
    realm.double.rights = frozenset({"query-users"})


def failing(realm: DoubledRealm, _ana: str) -> None:
    realm.double.fails = lambda path: "/users/" in path


def elsewhere(realm: DoubledRealm, ana: str) -> None:
    realm.double.answers = {f"/users/{ana}": {"id": "another", "username": "bob", "enabled": False}}


def no_realm(realm: DoubledRealm, ana: str) -> None:
    realm.double.missing = {f"/users/{ana}": "Realm not found."}


@pytest.mark.parametrize("spoil", [forbidden, failing, elsewhere, no_realm])
def test_an_entry_that_cannot_be_read_is_no_evidence(
    realm: DoubledRealm, spoil: Callable[[DoubledRealm, str], None]
) -> None:
    ana = realm.user("ana", GROUP)

    async def ask(directory: Any) -> dict[str, Evidence]:
        await directory.read([GROUP], quiet)
        spoil(realm, ana)
        found: dict[str, Evidence] = await directory.confirm(GROUP, [ana])
        return found

    with pytest.raises(PortalError):
        asked(realm.opened(), ask)


def test_requests_for_many_groups(realm: DoubledRealm) -> None:
    groups = [f"/partners/p{number}" for number in range(50)]
    for number, path in enumerate(groups):
        realm.group(path)
        realm.user(f"u{number}", path)

    answers = read(realm, *groups)

    assert {each.completeness for each in answers.values()} == {"complete"}
    # The token, five for the rights, then the group and its only page.
    assert len(realm.double.requests) == 1 + 5 + 2 * len(groups)
