"""What `reconciler doctor` says about a directory with SCIM."""

from starlette.responses import Response

from reconciler.model.directory import Directory
from reconciler.model.health import CheckedSource, CheckReport
from reconciler.workflow.checks import CheckRunner
from tests.servers.scim import BASE, ScimServer, ScimState
from tests.sources.scim.opening import ask

NAME = "Acme Developers"


def acme() -> ScimServer:
    state = ScimState()
    state.add_group(NAME, state.add_user("ana@acme.example"))
    return ScimServer(state)


def doctor(server: ScimServer, *groups: str) -> dict[str, CheckReport]:
    async def act(directory: Directory) -> list[CheckReport]:
        assert isinstance(directory, CheckedSource)
        runner = CheckRunner()
        await runner.run(directory.checks(groups))
        return runner.reports

    return {each.name: each for each in ask(server, act)}


def test_a_good_directory() -> None:
    found = doctor(acme(), NAME)

    assert {name: (each.status, each.detail) for name, each in found.items()} == {
        "account": ("ok", "the server accepts the credentials; with filters, pages by index"),
        "right-read": ("ok", "reads groups and 1 user"),
        "groups": ("ok", "1 group can be read"),
    }


def test_a_token_that_is_not_accepted() -> None:
    server = acme()
    server.before = lambda _: Response(status_code=401)

    found = doctor(server, NAME)

    assert [each.status for each in found.values()] == ["failed", "skipped", "skipped"]
    assert "does not accept the token" in found["account"].detail


def test_a_server_without_settings_still_has_to_accept_the_token() -> None:
    server = acme()
    server.before = lambda request: Response(
        status_code=404 if request.url.path == f"{BASE}/ServiceProviderConfig" else 401
    )

    assert doctor(server)["account"].status == "failed"


def test_a_directory_that_shows_nothing() -> None:
    found = doctor(ScimServer(ScimState()), NAME)

    assert found["right-read"].detail == "the directory shows no users and groups"
    assert found["groups"].status == "skipped"


def test_a_group_that_does_not_exist() -> None:
    found = doctor(acme(), NAME, "Others")

    assert found["groups"].detail == "1 of 2 groups cannot be read: Others: absent"
