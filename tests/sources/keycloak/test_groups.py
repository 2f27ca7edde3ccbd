"""What a realm of Keycloak says about groups; the same tests ask a real server and the double."""

from collections.abc import Mapping

import pytest

from reconciler.errors import PortalError
from reconciler.model.directory import DirectoryPerson, Evidence, GroupAnswer
from reconciler.sources.keycloak.directory import KeycloakDirectory
from reconciler.sources.keycloak.rights import RIGHTS
from reconciler.testing.harness import quiet
from reconciler.workflow.checks import CheckRunner
from tests.sources.keycloak.realms import PAGE, RealmGround, asked, confirmed, read


def test_the_members_of_a_group_by_its_path_and_by_its_name(realm: RealmGround) -> None:
    realm.group("/partners/acme")
    realm.group("/partners/acme/admins")
    ana, bob = realm.user("ana", "/partners/acme"), realm.user("bob", "/partners/acme", enabled=False)
    realm.user("boss", "/partners/acme/admins")

    answers = read(realm, "/partners/acme", "acme")

    expected = GroupAnswer(
        "complete",
        (DirectoryPerson(ana, "ana@acme.example"), DirectoryPerson(bob, "bob@acme.example", active=False)),
    )
    assert answers == {"/partners/acme": expected, "acme": expected}


def test_a_group_without_anybody_is_empty(realm: RealmGround) -> None:
    assert read(realm, "partners") == {"partners": GroupAnswer("empty")}


def test_an_ambiguous_name_is_partial_with_the_paths(realm: RealmGround) -> None:
    for path in ("/acme", "/partners/acme"):
        realm.group(path)
    ana = realm.user("ana", "/acme")

    answers = read(realm, "acme", "/acme", "/partners/acme")

    assert answers == {
        "acme": GroupAnswer(
            "partial", reason="several groups have this name; write the path of one: /acme, /partners/acme"
        ),
        "/acme": GroupAnswer("complete", (DirectoryPerson(ana, "ana@acme.example"),)),
        "/partners/acme": GroupAnswer("empty"),
    }


def test_a_group_that_was_renamed_or_deleted_is_absent(realm: RealmGround) -> None:
    for path in ("/partners/acme", "/partners/brix"):
        realm.group(path)
        realm.user(path[-4:], path)
    realm.rename("/partners/acme", "other")
    realm.delete_group("/partners/brix")

    answers = read(realm, "acme", "/partners/acme", "/partners/brix", "/partners")

    by_path = GroupAnswer("absent", reason="there is no group with this path")
    assert answers == {
        "acme": GroupAnswer("absent", reason="there is no group with this name"),
        "/partners/acme": by_path,
        "/partners/brix": by_path,
        "/partners": GroupAnswer("empty"),
    }


def test_a_path_that_leads_elsewhere_is_not_asked_for(realm: RealmGround) -> None:
    paths = ("/", "/partners/../partners", "/partners/.", "//partners", "/partners/")
    answer = GroupAnswer("partial", reason="this is not the path of a group; write it as /partners/acme")

    assert read(realm, *paths) == dict.fromkeys(paths, answer)


def test_a_name_with_any_characters_is_found(realm: RealmGround) -> None:
    names = ("z ü%?#&", "a/b", "a~b", "*", "..")
    ids = []
    for number, name in enumerate(names):
        realm.group(f"/plain{number}")
        ids.append(realm.user(f"ana{number}", f"/plain{number}"))
        realm.rename(f"/plain{number}", name)

    answers = read(realm, *names)

    assert [[person.id for person in answers[name].people] for name in names] == [[each] for each in ids]


def test_people_without_an_address_are_named(realm: RealmGround) -> None:
    names = [f"nobody{number}" for number in range(5)]
    ids = [realm.user(name, "/partners", address=None) for name in names]
    realm.user("off", "/partners", address=None, enabled=False)

    answer = read(realm, "/partners")["/partners"]

    assert [(each.id, each.email) for each in answer.people[:5]] == [(each, "") for each in ids]
    assert answer.notes == ("5 people without an e-mail address: nobody0, nobody1, nobody2 and 2 more",)


def test_service_accounts_are_not_people_but_a_person_with_such_a_name_is(realm: RealmGround) -> None:
    realm.user("service-account-builds", "/partners", service=True)
    person = realm.user("service-account-bob", "/partners")

    assert read(realm, "/partners") == {
        "/partners": GroupAnswer("complete", (DirectoryPerson(person, "service-account-bob@acme.example"),))
    }


def test_a_group_of_several_pages_is_complete(realm: RealmGround) -> None:
    ids = [realm.user(f"u{each:03}", "/partners") for each in range(2 * PAGE + 20)]

    answer = read(realm, "/partners")["/partners"]

    assert (answer.completeness, [person.id for person in answer.people]) == ("complete", ids)


def test_the_own_entry_says_whether_a_person_is_still_in_the_group(realm: RealmGround) -> None:
    for path in ("/partners/acme", "/partners/brix"):
        realm.group(path)
    member, moved, disabled, deleted = (
        realm.user(name, "/partners/acme") for name in ("ana", "bob", "carl", "dora")
    )
    realm.leave(moved, "/partners/acme")
    realm.join(moved, "/partners/brix")
    realm.change(disabled, enabled=False)
    realm.delete(deleted)
    asked_for = (member, moved, disabled, deleted, "..", "no such id")

    for group in ("/partners/acme", "acme"):
        evidence = confirmed(realm, group, asked_for)
        assert evidence == ["member", "left", "left", "left", "unknown", "left"]
    assert confirmed(realm, "/partners/gone", (member,)) == ["unknown"]


def test_a_group_that_is_renamed_after_it_was_read_still_has_its_members(realm: RealmGround) -> None:
    realm.group("/partners/acme")
    ana = realm.user("ana", "/partners/acme")

    async def renamed(directory: KeycloakDirectory) -> Mapping[str, Evidence]:
        await directory.read(["acme"], quiet)
        realm.rename("/partners/acme", "other")
        return await directory.confirm("acme", [ana])

    assert asked(realm.opened(), renamed) == {ana: "member"}


def test_a_changed_address_keeps_the_id(realm: RealmGround) -> None:
    ana = realm.user("ana", "/partners")
    realm.change(ana, email="ana.maria@acme.example")

    assert read(realm, "/partners")["/partners"].people == (DirectoryPerson(ana, "ana.maria@acme.example"),)


def test_an_account_without_the_right_reads_nothing(realm: RealmGround) -> None:
    realm.user("ana", "/partners")
    forbidden = "rejected the request (403): HTTP 403 Forbidden"

    for rights, message in {
        (): forbidden,
        ("query-groups",): forbidden,
        ("query-users",): forbidden,
        ("query-users", "query-groups"): "users or groups exist, but are not shown",
    }.items():
        with pytest.raises(PortalError) as raised:
            read(realm, "/partners", rights=rights)
        assert message in raised.value.message
        assert raised.value.hint == RIGHTS


def test_rejected_credentials_read_nothing(realm: RealmGround) -> None:
    with pytest.raises(PortalError) as raised:
        asked(realm.opened(secret="another"), lambda directory: directory.read(["/partners"], quiet))
    assert 'the token endpoint of source "people"' in raised.value.message
    assert raised.value.hint == "check the client secret from PORTAL_SECRET"


def test_doctor_checks_the_account_its_right_and_the_groups(realm: RealmGround) -> None:
    realm.group("/partners/acme")
    realm.user("ana", "/partners/acme")

    async def checked(directory: KeycloakDirectory) -> dict[str, str]:
        runner = CheckRunner()
        await runner.run(directory.checks(["/partners/acme", "acme"]))
        return {report.name: report.status for report in runner.reports}

    assert asked(realm.opened(), checked) == {"account": "ok", "right-read": "ok", "groups": "ok"}
    for rights in ((), ("query-users", "query-groups")):
        assert asked(realm.opened(rights), checked) == {
            "account": "ok",
            "right-read": "failed",
            "groups": "skipped",
        }
