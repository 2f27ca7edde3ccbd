"""A branch leads to another configuration of its base by a link, to be judged by laxer rules."""

from pathlib import Path

import pytest

from tests.cli.running import CONFIGURATION, Place
from tests.security.gits import begun, commit, git, move

EXAMPLE = f"{CONFIGURATION.rstrip()}\n      rules: {{admin-domain: 'off', agreement-missing: 'off'}}\n"
HINT = "Hint: a link in a checkout could lead anywhere: remove it, or use a path without links\n"
COMMANDS = [
    ("validate",),
    ("validate", "--base", "main"),
    ("plan", "--base", "main"),
    ("plan",),
    ("apply", "--auto-approve"),
    ("adopt", "--all-desired", "--auto-approve"),
    ("access", "--explain"),
    ("codeowners",),
]
commands = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


@pytest.fixture
def monorepo(place: Place) -> Place:
    """A branch of a repository with a configuration in `access`, and a laxer one as an example."""
    inside = move(place, "access")
    example = place.folder / "docs" / "example"
    example.mkdir(parents=True)
    for name in ("partners", "access-groups"):
        (inside / name).rename(example / name)
        (inside / name).mkdir()
        (inside / name / "kept").touch()
    (example / "catalog.yaml").write_text((inside / "catalog.yaml").read_text())
    place.write(docs__example__reconciler=EXAMPLE)
    return begun(place)


def linked(place: Place, path: str, target: str) -> None:
    """Put a link in the place of a file or folder, and commit it."""
    git(place.folder, "rm", "-r", "--quiet", path)
    (place.folder / path).symlink_to(target)
    commit(place.folder)


@commands
@pytest.mark.parametrize("config", ["access/reconciler.yaml", "docs/../access/reconciler.yaml"])
def test_a_branch_cannot_lead_the_folder_of_its_configuration_elsewhere(
    monorepo: Place, command: tuple[str, ...], config: str
) -> None:
    linked(monorepo, "access", "docs/example")

    ran = monorepo.run(*command, "--config", config)

    link = monorepo.folder / "access"
    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        f"Error: {config} is not used: {link} is a symbolic link\n{HINT}",
    )


@commands
def test_a_branch_cannot_lead_to_another_checkout(
    monorepo: Place, command: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "clone"
    git(monorepo.folder, "clone", "--quiet", ".", str(other))
    linked(monorepo, "access", str(other / "docs" / "example"))

    ran = monorepo.run(*command, "--config", f"{monorepo.folder}/access/reconciler.yaml")

    assert (ran.code, f"{monorepo.folder}/access is a symbolic link" in ran.err) == (1, True)


@commands
@pytest.mark.parametrize("target", ["../docs/example/reconciler.yaml", "nowhere"])
def test_a_branch_cannot_link_its_configuration(
    monorepo: Place, command: tuple[str, ...], target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (monorepo.folder / "reconciler.yaml").write_text(EXAMPLE)
    monkeypatch.chdir(monorepo.folder / "access")
    linked(monorepo, "access/reconciler.yaml", target)

    ran = monorepo.run(*command)

    path = monorepo.folder / "access" / "reconciler.yaml"
    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        f"Error: {path} is not used: it is a symbolic link\n{HINT}",
    )


def test_a_link_outside_of_the_checkout_is_the_users_own(
    monorepo: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here: Path = tmp_path_factory.mktemp("elsewhere") / "here"
    here.symlink_to(monorepo.folder / "docs")

    ran = monorepo.run(
        "plan", "--files-only", "--base", "main", "--config", str(here / "example" / "reconciler.yaml")
    )

    assert (ran.code, ran.err) == (0, "")
