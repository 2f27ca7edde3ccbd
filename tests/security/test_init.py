"""`reconciler init` in a folder that others have written to, and with a portal that is not what it seems."""

from pathlib import Path

import pytest

from tests.cli.running import Place
from tests.http.loopback import Heard, serving


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty folder, which is the current one."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Place(folder, capsys)


@pytest.mark.parametrize(
    "link",
    ["reconciler.yaml", "partners", ".github", ".github/workflows", ".vscode/settings.json", "schemas"],
)
def test_nothing_is_written_where_a_link_is_in_the_way(empty: Place, tmp_path: Path, link: str) -> None:
    (empty.folder / link).parent.mkdir(exist_ok=True)
    (empty.folder / link).symlink_to(tmp_path / "elsewhere")

    ran = empty.run("init")

    assert (ran.code, ran.out, "symbolic link" in ran.err) == (1, "", True)
    assert not (tmp_path / "elsewhere").exists()
    assert [path for path in empty.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", [[], ["--portal-type", "embedded"]], ids=["detected", "given"])
def test_the_token_goes_to_the_given_address_alone(
    empty: Place, monkeypatch: pytest.MonkeyPatch, kind: list[str]
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "secret-of-the-portal")
    thief: Heard = []
    asked: Heard = []
    with (
        serving(thief) as other,
        serving(asked, status=302, headers={"Location": f"http://127.0.0.1:{other}/"}) as port,
    ):
        ran = empty.run("init", "--from", f"http://127.0.0.1:{port}", *kind)

    assert (ran.code == 0, ran.out, thief) == (False, "", [])
    assert {token for path, token in asked if path in {"/openapi.json", "/jsonapi", "/realms/master"}} <= {
        None
    }
    assert "secret-of-the-portal" not in ran.err
    assert list(empty.folder.iterdir()) == []


def test_a_password_in_the_address_is_refused_and_not_shown(empty: Place) -> None:
    ran = empty.run("init", "--from", "https://ana:hunter2@portal.example")

    assert (ran.code, "hunter2" in ran.err) == (1, False)
    assert list(empty.folder.iterdir()) == []
