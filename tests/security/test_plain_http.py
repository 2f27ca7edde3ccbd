"""A token goes over a network, or to a proxy that the environment names, for all on the way to read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.http_text import is_exposed
from tests.cli.forging import HEAD, Job
from tests.cli.running import CONFIGURATION, Place, Ran
from tests.http.loopback import Heard, serving
from tests.security.gits import commit, git

PORTAL = "http://portal.our-company.example"
ALLOWED = CONFIGURATION.replace("http://127.0.0.1:9", PORTAL).replace(
    "PORTAL_TOKEN}", "PORTAL_TOKEN}, allowHttp: true"
)


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Let the environment name a proxy, which notes what it is asked."""
    heard: Heard = []
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(heard) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        yield heard


def plan(place: Place, monkeypatch: pytest.MonkeyPatch, *more: str) -> Ran:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_secret")
    return place.run("plan", "--portal", "away", *more)


def test_a_portals_token_does_not_go_over_plain_http(
    place: Place, monkeypatch: pytest.MonkeyPatch, proxied: Heard
) -> None:
    place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", PORTAL))

    ran = plan(place, monkeypatch)

    assert (ran, proxied) == (
        Ran(
            1,
            "",
            f'Error: portal "away": the token would be sent unencrypted to {PORTAL}\n'
            "Hint: use https://, or set `allowHttp: true` beside the url in the configuration\n",
        ),
        [],
    )


def test_plain_http_is_used_where_the_settings_allow_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, proxied: Heard
) -> None:
    place.write(reconciler=ALLOWED)

    ran = plan(place, monkeypatch)

    assert (ran.code, {token for _, token in proxied}) == (5, {"Bearer rpt_secret"})


def test_a_branch_cannot_allow_it(place: Place, monkeypatch: pytest.MonkeyPatch, proxied: Heard) -> None:
    place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", PORTAL))
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    commit(place.folder)
    place.write(reconciler=ALLOWED)
    commit(place.folder)

    ran = plan(place, monkeypatch, "--base", "main~1")

    assert (ran.code, "the token would be sent unencrypted" in ran.err, proxied) == (1, True, [])


@pytest.mark.parametrize("command", [("comment", "plan", "plan.json"), ("approved", "--commit", "1" * 40)])
def test_a_forges_token_goes_over_plain_http_where_the_command_line_allows_it(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxied: Heard, command: tuple[str, ...]
) -> None:
    assert place.run("plan", "--out", "plan.json").code == 0
    Job(tmp_path, monkeypatch).on_github("http://forge.example").reviews()

    code = place.run(*command, "--allow-http").code

    assert (code, {token for _, token in proxied}) == (5, {"Bearer ghs_actions"})


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("http://localhost", False),
        ("http://127.0.0.1", False),
        ("http://::1", False),
        ("https://portal.example", False),
        ("http://portal.example", True),
        ("http://10.0.0.1", True),
        ("http://127.8.9.10", True),
        ("http://0.0.0.0", True),
        ("http://localhost.example", True),
        ("http://127.0.0.1.example", True),
        ("http://2130706433", True),
        ("http://", True),
    ],
)
def test_only_this_machine_itself_needs_no_encryption(address: str, *, exposed: bool) -> None:
    scheme, _, host = address.partition("://")

    assert is_exposed(scheme, host) is exposed


@pytest.mark.parametrize("command", [("comment", "plan", "plan.json"), ("approved", "--commit", "1" * 40)])
@pytest.mark.parametrize("forge", ["GitHub", "GitLab"])
def test_a_forges_token_does_not_go_over_plain_http(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], forge: str
) -> None:
    assert place.run("plan", "--out", "plan.json").code == 0
    job, address = Job(tmp_path, monkeypatch), "http://forge.example"
    path = "/api/v4" if forge == "GitLab" else ""
    (job.on_github if forge == "GitHub" else job.on_gitlab)(address).reviews()
    job.set(CI_MERGE_REQUEST_IID="1", CI_COMMIT_SHA=HEAD)

    ran = place.run(*command)

    assert ran == Ran(
        1,
        "",
        f"Error: {forge}: the token would be sent unencrypted to {address}{path}\n"
        "Hint: use https://, or --allow-http on a trusted network\n",
    )
