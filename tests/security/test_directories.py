"""A directory that another company runs, or that an attacker answers for."""

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.cli.running import CONFIGURATION, PARTNER, Place, Ran, on_terminal
from tests.forge.serving import served
from tests.http.loopback import Heard, serving
from tests.servers.keycloak import CLIENT, SECRET
from tests.servers.keycloak_directory import TOKEN
from tests.sources.keycloak.realms import DoubledRealm, read

GROUP = "/partners/acme"
HOSTILE = f"\u202e\x1b[31m::error::{SECRET} ##[command]{TOKEN}"
DOCTOR = ("doctor", "--source", "people")


def with_source(place: Place, url: str, kind: str = "keycloak") -> Place:
    """Write a configuration with a directory, and a team that names a group of it."""
    fields = {
        "keycloak": f"realm: company, clientId: {CLIENT}, clientSecret: {{env: PORTAL_PEOPLE}}",
        "ldap": "base: dc=a, user: cn=a, password: {env: PORTAL_PEOPLE}",
    }[kind]
    source = f"  sources:\n    people: {{type: {kind}, url: '{url}', {fields}}}\n"
    partner = dedent(PARTNER) + f"      members: {{from: people, group: {GROUP}}}\n"
    return place.write(reconciler=dedent(CONFIGURATION) + source, partners__acme=partner)


@pytest.fixture
def realm(monkeypatch: pytest.MonkeyPatch) -> DoubledRealm:
    monkeypatch.setenv("PORTAL_PEOPLE", SECRET)
    realm = DoubledRealm()
    for path in ("/partners", GROUP):
        realm.group(path)
    return realm


def shown_safely(ran: Ran) -> bool:
    """Return whether neither a secret nor a character or command that controls something was printed."""
    printed = ran.out + ran.err
    hidden = {each for each in printed if unicodedata.category(each) in {"Cc", "Cf"}} - {"\n"}
    commands = [line for line in printed.splitlines() if line.lstrip().startswith("::")]
    return not (hidden or commands or SECRET in printed or TOKEN in printed or "##[" in printed)


@pytest.mark.parametrize(
    "answers",
    [
        {"/admin/realms/company/": {"realm": HOSTILE}},
        {"/groups": [{"id": "1", "name": HOSTILE}], "/users": {"error": HOSTILE}},
        {f"/group-by-path{GROUP}": {"id": "1", "name": "acme", "path": HOSTILE}},
        {"/users/count": HOSTILE},
    ],
    ids=["realm", "form", "path", "count"],
)
def test_a_directory_prints_no_secret_and_no_command(
    place: Place, realm: DoubledRealm, answers: Mapping[str, Any]
) -> None:
    realm.user("ana", GROUP)
    realm.double.answers = answers
    with served(realm.double) as url:
        ran = [with_source(place, url).run(*DOCTOR, "--format", each) for each in ("text", "json")]

    assert [(each.code, shown_safely(each)) for each in ran] == [(5, True), (5, True)], ran


def test_hostile_names_of_people_show_no_secret(realm: DoubledRealm) -> None:
    realm.user(f"{SECRET}\n{TOKEN}", GROUP, address=None)

    [note] = read(realm, GROUP)[GROUP].notes

    assert note == "1 person without an e-mail address: ••• •••"


@pytest.mark.parametrize("path", ["/admin/realms/company/", "/users", "/token"])
def test_a_redirect_is_not_followed(place: Place, realm: DoubledRealm, path: str) -> None:
    heard: Heard = []
    with serving(heard) as port:

        async def redirecting(scope: Scope, receive: Receive, send: Send) -> None:
            leads: ASGIApp = RedirectResponse(f"http://127.0.0.1:{port}{scope['path']}")
            await (leads if scope["path"].endswith(path) else realm.double)(scope, receive, send)

        with served(redirecting) as url:
            ran = with_source(place, url).run(*DOCTOR, "-v")

    assert (ran.code, heard, shown_safely(ran)) == (5, [], True)


def test_a_page_of_any_length_is_cut(realm: DoubledRealm) -> None:
    user = {"id": "1", "username": "u" * 33 * 1024**2, "enabled": True}
    realm.double.answers = {"/members": [user]}

    answer = read(realm, GROUP)[GROUP]

    assert (answer.completeness, answer.people) == ("partial", ())
    assert "more than 32 MiB in one response" in answer.reason


def test_a_directory_cannot_name_people_without_end(realm: DoubledRealm) -> None:
    ids = iter(range(10**9))

    def endless(_path: str) -> None:
        realm.double.answers = {
            "/members": [{"id": f"{next(ids)}", "username": "u", "enabled": True} for _ in range(50)]
        }

    realm.double.before = endless

    answer = read(realm, GROUP)[GROUP]

    # The second page does not begin with the last person of the first.
    assert (answer.completeness, len(answer.people)) == ("partial", 50)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for what programs of this user remember."""
    return tmp_path_factory.mktemp("home")


def at_terminal(place: Place, home: Path, typed: str) -> Ran:
    environment = {"PORTAL_PEOPLE": SECRET, "XDG_CONFIG_HOME": str(home)}
    return on_terminal(place.folder, *DOCTOR, typed=typed, environment=environment)


def test_a_branch_that_changes_the_address_of_a_source_gets_no_secret(place: Place, home: Path) -> None:
    heard: Heard = []
    with serving(heard) as port:
        url = f"http://127.0.0.1:{port}"
        ran = at_terminal(with_source(place, url), home, "n\n")

    assert f'reconciler.yaml: source "people" is at {url}, and the secret in PORTAL_PEOPLE' in ran.out
    assert "Send it to 127.0.0.1, now and in the future? [y/N]: " in ran.out
    assert (ran.code, {token for _, token in heard}, list(home.iterdir())) == (1, {None}, [])


def test_trust_in_a_directory_does_not_include_one_without_encryption(place: Place, home: Path) -> None:
    trusted = {"address": "ldap+starttls://id.example", "variable": "PORTAL_PEOPLE"}
    folder = home / "reconciler"
    folder.mkdir()
    content = {"format": "reconciler-trusted/1.0", "tokens": [trusted], "databases": []}
    folder.joinpath("trusted.json").write_text(json.dumps(content))
    with_source(place, "ldap://id.example", "ldap")
    configuration = place.folder / "reconciler.yaml"
    configuration.write_text(configuration.read_text().replace("base: dc=a", "base: dc=a, startTls: false"))

    ran = at_terminal(place, home, "n\n")

    assert "has not been sent there before, unencrypted." in ran.out
    assert (ran.code, "Send it to id.example, now and in the future?" in ran.out) == (1, True)


def test_trust_in_a_directory_does_not_include_another_authority(place: Place, home: Path) -> None:
    trusted = {"address": "ldaps://id.example", "variable": "PORTAL_PEOPLE"}
    folder = home / "reconciler"
    folder.mkdir()
    content = {"format": "reconciler-trusted/1.0", "tokens": [trusted], "databases": []}
    folder.joinpath("trusted.json").write_text(json.dumps(content))
    with_source(place, "ldaps://id.example", "ldap")
    configuration = place.folder / "reconciler.yaml"
    configuration.write_text(configuration.read_text().replace("base: dc=a", "base: dc=a, caFile: /b/ca.pem"))

    ran = at_terminal(place, home, "n\n")

    assert "is at ldaps://id.example#/b/ca.pem, and the secret in PORTAL_PEOPLE has not" in ran.out
    assert (ran.code, "Send it to id.example, now and in the future?" in ran.out) == (1, True)


def test_the_secret_of_a_source_does_not_go_over_plain_http(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PEOPLE", SECRET)
    heard: Heard = []
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(heard) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        ran = with_source(place, "http://id.our-company.example").run(*DOCTOR, "--format", "json")

    checks = {each["name"]: each for each in json.loads(ran.out)["targets"][0]["checks"]}
    # The probe sends a request without credentials.
    assert (ran.code, {token for _, token in heard}) == (1, {None})
    assert checks["credentials"]["detail"] == (
        'the token endpoint of source "people": the client secret would be sent unencrypted to '
        "http://id.our-company.example/realms/company/protocol/openid-connect/token"
    )
