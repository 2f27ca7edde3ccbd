"""`reconciler doctor`: what it finds, prints and ends with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler import __version__
from reconciler.portal_server import ApiEntry, create_app, issue_token
from reconciler.portals.embedded.checks import SCOPE_HINT
from tests.cli.running import CONFIGURATION, Place, Ran
from tests.forge.serving import served
from tests.http.loopback import JSON, serving
from tests.portals.installing import install

TOKEN_HINT = (
    "the operator of http://127.0.0.1:9 creates one with `reconciler portal token`: --scope read is enough"
    " for plan and access, apply needs --scope admin"
)
NETWORK_HINT = "check the address in the configuration, the network and the proxy (HTTPS_PROXY)"


@contextmanager
def portal_served(place: Place) -> Iterator[str]:
    """Serve an embedded portal as the portal `away`, and return its database."""
    database = str(place.folder / "served.db")
    app = create_app(database, apis=[ApiEntry("tracking-v2", "Tracking", "logistics")])
    with served(app) as address:
        place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", address))
        yield database
    app.state.database.close()


def checks(ran: Ran, target: int = 0) -> dict[str, tuple[str, str]]:
    """Return status and detail of each check of a target, by name."""
    found = json.loads(ran.out)["targets"][target]["checks"]
    return {each["name"]: (each["status"], each["detail"]) for each in found}


def statuses(ran: Ran) -> dict[str, str]:
    return {name: status for name, (status, _) in checks(ran).items()}


def test_a_portal_in_this_process_is_fine(place: Place) -> None:
    assert place.run("doctor") == Ran(
        0,
        "Portal local (embedded)\n"
        "  ok  configuration  valid settings of the type embedded\n"
        "  ok  credentials    none are needed\n"
        '  ok  account        token "reconciler for our-company" of scope admin\n'
        "  ok  right-plan     the token sees every object\n"
        "  ok  right-apply    the token may change every object\n"
        "  ok  lease          free: no other run writes\n"
        "  ok  version        API 1.4.0\n"
        "  ok  rate-limit     no rate limit in the headers of the responses\n"
        "\n"
        f"8 checks: 8 ok. Reconciler {__version__}.\n",
    )


def test_all_that_is_wrong_is_shown_and_what_depends_on_it_is_skipped(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORTAL_TOKEN", raising=False)

    assert place.run("doctor", "--portal", "away") == Ran(
        1,
        "Portal away (embedded) at http://127.0.0.1:9\n"
        "  ok       configuration  valid settings of the type embedded\n"
        "  failed   reachable      connection refused\n"
        f"           Hint: {NETWORK_HINT}\n"
        "  skipped  tls            not checked, because the check `reachable` failed\n"
        "  skipped  clock          not checked, because the check `reachable` failed\n"
        '  failed   credentials    portal "away": there is no token in the environment variable PORTAL_TOKEN,'
        " which reconciler.yaml:10:68 names\n"
        f"           Hint: {TOKEN_HINT}\n"
        "  skipped  account        not checked, because the check `reachable` failed\n"
        "\n"
        f"6 checks: 1 ok, 2 failed, 3 skipped. Reconciler {__version__}.\n",
    )


def test_a_secret_that_is_not_set_is_an_error_of_the_configuration(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORTAL_TOKEN", raising=False)
    with portal_served(place):
        ran = place.run("doctor", "--portal", "away", "--format", "json")

    assert (ran.code, statuses(ran)) == (
        1,
        {
            "configuration": "ok",
            "reachable": "ok",
            "tls": "ok",
            "clock": "ok",
            "credentials": "failed",
            "account": "skipped",
        },
    )


@pytest.mark.parametrize(
    ("scope", "plan", "apply", "code"),
    [
        ("admin", ("ok", "the token sees every object"), ("ok", "the token may change every object"), 0),
        (
            "read",
            ("ok", "the token sees every object"),
            ("warning", "the token may change nothing, so apply is not possible"),
            0,
        ),
        (
            "team",
            ("failed", "the token sees only one team of the portal"),
            ("warning", "the token may change nothing, so apply is not possible"),
            5,
        ),
    ],
)
def test_the_rights_of_a_token_are_those_of_its_scope(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    scope: str,
    plan: tuple[str, str],
    apply: tuple[str, str],
    code: int,
) -> None:
    with portal_served(place) as database:
        team = None
        if scope == "team":
            monkeypatch.setenv("PORTAL_TOKEN", issue_token(database, name="setup", scope="admin"))
            assert place.run("apply", "--portal", "away", "--auto-approve").code == 0
            team = ("acme", "ops")
        monkeypatch.setenv("PORTAL_TOKEN", issue_token(database, name="ci", scope=scope, team=team))
        ran = place.run("doctor", "--portal", "away", "--format", "json")

    found = checks(ran)
    assert (ran.code, found["account"], found["right-plan"], found["right-apply"]) == (
        code,
        ("ok", f'token "ci" of scope {scope}'),
        plan,
        apply,
    )
    assert found["credentials"] == ("ok", "from PORTAL_TOKEN")


def test_a_wrong_token_is_told_apart_and_never_printed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_not-the-one")
    with portal_served(place):
        ran = place.run("doctor", "--portal", "away", "--format", "json")

    found = checks(ran)
    assert (ran.code, found["account"][0], "does not accept the token" in found["account"][1]) == (
        5,
        "failed",
        True,
    )
    assert {found[name] for name in ("right-plan", "right-apply", "lease", "version", "rate-limit")} == {
        ("skipped", "not checked, because the check `account` failed")
    }
    assert "rpt_not-the-one" not in ran.out + ran.err


def test_several_portals_are_checked_in_one_run(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_any")

    every = place.run("doctor", "--portal", "all", "--format", "json")
    named = place.run(
        "doctor", "--portal", "away", "--portal", "local", "--portal", "away", "--format", "json"
    )

    assert [[each["name"] for each in json.loads(ran.out)["targets"]] for ran in (every, named)] == [
        ["local", "away"],
        ["away", "local"],
    ]
    assert (every.code, json.loads(every.out)["summary"]) == (
        5,
        {"ok": 10, "warnings": 0, "failed": 1, "skipped": 8},
    )


def test_an_unknown_portal_is_an_error_before_anything_is_asked(place: Place) -> None:
    assert place.run("doctor", "--portal", "local", "--portal", "stagin") == Ran(
        1,
        "",
        'Error: portal "stagin" is not defined in reconciler.yaml\nHint: known: local, away\n',
    )


def test_all_that_is_wrong_with_a_configuration_is_shown_with_what_to_do(place: Place) -> None:
    wrong = CONFIGURATION.replace("defaultPortal", "defaultPortals").replace("our-company}", "Ours}")
    place.write(reconciler=wrong)

    assert place.run("doctor") == Ran(
        1,
        "",
        'Error: reconciler.yaml:3:18: metadata.name "Ours" is not a valid name; use at most 63 lower-case'
        " letters, digits and hyphens; do not start or end with a hyphen\n"
        'reconciler.yaml:7:3: unknown key "defaultPortals"; did you mean "defaultPortal"?\n',
    )


def test_a_type_that_no_package_provides_is_an_error_of_the_configuration(place: Place) -> None:
    place.write(reconciler=CONFIGURATION.replace("type: embedded, url", "type: embeded, url"))
    ran = place.run("doctor", "--portal", "away", "--format", "json")

    assert (ran.code, statuses(ran)) == (
        1,
        {
            "configuration": "failed",
            "reachable": "skipped",
            "tls": "skipped",
            "clock": "skipped",
            "credentials": "skipped",
            "account": "skipped",
        },
    )


OLDER = """
from contextlib import asynccontextmanager
from typing import Literal

from reconciler.model.portal_settings import PortalSettings, Secret
from reconciler.model.snapshot import Snapshot
from reconciler.portals import PortalType
from reconciler.portals.embedded.adapter import CAPABILITIES


class Settings(PortalSettings):
    type: Literal["toy"]
    key: Secret


class Portal:
    capabilities = CAPABILITIES

    def __init__(self, key):
        self._key = key.reveal()

    async def read(self, selection, progress):
        progress("things", 1, None)
        found = {}
        said = f"{selection.owner_label} with {self._key}" if FAULT == "" else ""
        return Snapshot(portal_id="p", resources=found, apis=found, native=found, proof=said, problem=FAULT)


@asynccontextmanager
async def open_portal(settings, credentials):
    key, source = credentials.require("key", "ask the operator")
    yield Portal(key)


PORTAL = PortalType(Settings, lambda settings: CAPABILITIES, open_portal)
"""


@pytest.mark.parametrize(
    ("fault", "found", "code"),
    [
        ("", ("ok", "read completely: our-company with •••"), 0),
        ("9 of 10 were shown", ("failed", "the portal cannot be read completely: 9 of 10 were shown"), 5),
    ],
)
def test_an_adapter_without_checks_is_read_once(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    found: Any,
    code: int,
) -> None:
    install(tmp_path / "site", monkeypatch, f"FAULT = {fault!r}\n{OLDER}")
    monkeypatch.setenv("PORTAL_KEY", "s3cret\n")
    place.write(
        reconciler=CONFIGURATION.replace(
            "portals:", "portals:\n        toy: {type: toy, key: {env: PORTAL_KEY}}"
        )
    )
    ran = place.run("doctor", "--portal", "toy", "--format", "json")

    assert (ran.code, checks(ran)) == (
        code,
        {
            "configuration": ("ok", "valid settings of the type toy"),
            "credentials": ("ok", "from PORTAL_KEY"),
            "read": found,
        },
    )


ADDRESS_HINT = "check that ADDRESS is the address of the portal"
PAGE_HINT = "a login page, a proxy or another server may have answered"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("status", "headers", "detail", "hint"),
    [
        (401, JSON, "PORTAL does not accept the token: Unauthorized", "check the token from PORTAL_TOKEN"),
        (
            401,
            HTML,
            "PORTAL does not accept the token: Unauthorized, with a web page",
            f"check the token from PORTAL_TOKEN; {PAGE_HINT}",
        ),
        (403, JSON, "PORTAL rejected the request (403): Forbidden", SCOPE_HINT),
        (
            403,
            HTML,
            "PORTAL rejected the request (403): Forbidden, with a web page",
            f"{PAGE_HINT}; {SCOPE_HINT}",
        ),
        (
            404,
            HTML,
            "PORTAL rejected the request (404): Not Found, with a web page",
            f"{PAGE_HINT}; check the portal's address; if it is correct, make a new plan",
        ),
        (
            407,
            HTML,
            "PORTAL rejected the request (407): Proxy Authentication Required, with a web page",
            PAGE_HINT,
        ),
        (
            200,
            HTML,
            "PORTAL sent an unexpected response: text/html instead of JSON",
            f"{PAGE_HINT}; {ADDRESS_HINT}",
        ),
        (
            200,
            JSON,
            "PORTAL sent an unexpected response: Object missing required field `name`",
            ADDRESS_HINT,
        ),
        (
            302,
            {"Location": "https://login.example/"},
            "PORTAL redirects to https://login.example/",
            "redirects are not followed; set the portal's final address in the configuration",
        ),
    ],
)
def test_answers_that_are_not_the_portals_are_told_apart(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: Mapping[str, str],
    detail: str,
    hint: str,
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_secret")
    with serving([], status=status, headers=headers) as port:
        address = f"http://127.0.0.1:{port}/api"
        place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", address))
        ran = place.run("doctor", "--portal", "away", "--format", "json")

    [account] = [each for each in json.loads(ran.out)["targets"][0]["checks"] if each["name"] == "account"]
    assert (ran.code, account) == (
        5,
        {
            "name": "account",
            "status": "failed",
            "detail": detail.replace("PORTAL ", f'portal "away" at {address} '),
            "hint": hint.replace("ADDRESS", address),
            "exitCode": 5,
            "fix": "",
        },
    )


def test_each_request_is_logged_on_demand(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_secret")
    with serving([], status=404) as port:
        place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", f"http://127.0.0.1:{port}/api"))
        ran = place.run("doctor", "--portal", "away", "-v")

    assert [line.rpartition(" 404 ")[0] for line in ran.err.splitlines()] == ["GET /api", "GET /api/me"]
