"""`reconciler init`: from an empty folder to a repository that validates and plans."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.schema import files as schemas
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place, Ran, on_terminal

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GIVEN = (
    *("--name", "our-company", "--owner", "partnerships=p@our-company.example"),
    *("--source", f"https://github.com/our-company/reconciler@{COMMIT}"),
)
BEFORE = (
    "reconciler.yaml",
    "partners/.gitkeep",
    "access-groups/.gitkeep",
    "catalog.yaml",
    *(f"schemas/{name}" for name in schemas()),
    ".editorconfig",
    ".gitignore",
    ".vscode/settings.json",
    ".pre-commit-config.yaml",
)
WORKFLOWS = ("plan", "apply", "daily", "fork", "capture", "people", "sync", "review", "approvals")
GITHUB = (
    *(f".github/workflows/{name}.yml" for name in WORKFLOWS),
    ".github/workflows/forms.yml",
    ".github/workflows/update-forms.yml",
    ".github/CODEOWNERS",
    ".github/ISSUE_TEMPLATE/new-partner.yml",
    ".github/ISSUE_TEMPLATE/remove-person.yml",
)
NEXT = (
    "Next:\n"
    "  1. Check the e-mail address and the handle of partnerships in reconciler.yaml.\n"
    "  2. List your APIs in catalog.yaml, then add a partner: reconciler new partner\n"
    "  3. Commit everything to main, then set up CI: see docs/how-to/run-in-ci.md of Reconciler, and check"
    " it: reconciler doctor --forge\n"
)


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty folder, which is the current one."""
    folder = tmp_path / "Our Company"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Place(folder, capsys)


def git(place: Place, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=place.folder, check=True)


def held(folder: Path) -> Mapping[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git/" not in f"{path}/")
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_an_empty_folder_becomes_a_repository_that_validates_and_plans(empty: Place) -> None:
    assert empty.run("init", *GIVEN) == Ran(0, "\n".join([*BEFORE, *GITHUB, ""]), NEXT)
    assert sorted(held(empty.folder)) == sorted([*BEFORE, *GITHUB])

    assert empty.run("validate") == Ran(0, "2 documents in 2 files: no findings.\n")
    assert empty.run("plan") == Ran(0, "No changes.\n")
    assert empty.run("schema", "--check") == Ran(0, "")
    assert empty.run("codeowners", "--check") == Ran(0, "")
    assert empty.run("fmt", "--check") == Ran(0, "")
    assert empty.run("forms", "--check") == Ran(0, "")


def test_a_second_run_changes_nothing(empty: Place) -> None:
    empty.run("init", *GIVEN)
    before = held(empty.folder)

    assert empty.run("init", *GIVEN) == Ran(0, "", "Nothing is missing here.\n")
    assert held(empty.folder) == before


def test_what_exists_is_kept_and_named_and_the_rest_is_added(empty: Place) -> None:
    ours = {".gitignore": "dist/\n", "README.md": "Ours\n", ".github/workflows/plan.yml": "on: push\n"}
    for path, text in ours.items():
        (empty.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (empty.folder / path).write_text(text)

    ran = empty.run("init", *GIVEN)

    assert ran.out.splitlines() == [each for each in (*BEFORE, *GITHUB) if each not in ours]
    assert ran.err == (
        "Kept: .gitignore exists, and differs from what init writes.\n"
        "Kept: .github/workflows/plan.yml exists, and differs from what init writes.\n" + NEXT
    )
    assert {path: text for path, text in held(empty.folder).items() if path in ours} == ours


def test_the_lists_of_new_forms_offer_what_the_files_define_and_forms_that_exist_are_kept(
    empty: Place,
) -> None:
    empty.write(
        reconciler=CONFIGURATION,
        catalog=CATALOG,
        partners__acme=PARTNER,
        **{"access-groups__tracking": GROUP},
    )
    forms = empty.folder / ".github" / "ISSUE_TEMPLATE"
    forms.mkdir(parents=True)
    (forms / "remove-person.yaml").write_text("name: Ours\n")

    empty.run("init", "--ci", "github", *GIVEN[-2:])

    assert sorted(each.name for each in forms.iterdir()) == ["new-partner.yml", "remove-person.yaml"]
    assert re.findall(r"options: \[(.*)\]", (forms / "new-partner.yml").read_text())[1:] == [
        "partnerships, logistics",
        "tracking",
    ]


def test_a_configuration_that_exists_decides_what_is_missing(empty: Place) -> None:
    empty.write(reconciler=CONFIGURATION, catalog=CATALOG, partners__acme=PARTNER)

    ran = empty.run("init", "--ci", "none")

    assert ran.out.splitlines() == [
        "access-groups/.gitkeep",
        *(f"schemas/{name}" for name in schemas()),
        ".editorconfig",
        ".gitignore",
        ".vscode/settings.json",
        ".pre-commit-config.yaml",
    ]
    assert empty.run("validate").err == ""


@pytest.mark.parametrize(
    ("remote", "ci", "handle"),
    [
        ("git@github.com:halden/access.git", "github", "@halden/partnerships"),
        ("https://ana:secret@gitlab.example/halden/it/access.git", "gitlab", "@halden/it/partnerships"),
        ("https://codeberg.org/halden/access", "gitea", "@halden/partnerships"),
        ("ssh://git@git.example:2222/halden/access", "github", "@halden/partnerships"),
        ("/srv/access.git", "github", "@our-company/partnerships"),
    ],
)
def test_defaults_come_from_the_folder_and_from_git(empty: Place, remote: str, ci: str, handle: str) -> None:
    git(empty, "init", "--quiet")
    git(empty, "config", "user.email", "ana@halden.example")
    git(empty, "remote", "add", "origin", remote)

    assert empty.run("init").code == 0
    text = (empty.folder / "reconciler.yaml").read_text()
    assert "metadata: {name: our-company}" in text
    more = f', {ci}: "{handle}"' if handle else ""
    assert f"    partnerships: {{email: ana@halden.example{more}}}\n" in text
    assert empty.run("validate").code == 0
    written = (each for each in held(empty.folder).values() if "PORTAL_TOKEN" not in each)
    assert not any(re.search(r"\bsecret\b", each) for each in written)


def test_on_a_terminal_three_questions_are_asked_until_their_answers_are_valid(empty: Place) -> None:
    ran = on_terminal(
        empty.folder,
        "init",
        typed="Our Company\nhalden\nhttp://127.0.0.1:9\nhttps://id.example/realms/acme\nsvn\ngitlab\n",
    )

    assert ran.code == 0
    assert "Name of this configuration, such as that of the company [our-company]: " in ran.out
    assert (
        "Portal: its address, or a type (embedded, keycloak, drupal, apigee, konnect) [embedded]: " in ran.out
    )
    assert "CI (github, gitlab, gitea, none) [github]: " in ran.out
    # What is typed before a question is asked is shown before it.
    assert re.findall(r"Error: (.*?)(?:;|\.?\n)", ran.out) == [
        "use lower-case letters, digits and hyphens",
        "the portal at http://127.0.0.1:9 cannot be reached: connection refused",
        "choose one of github, gitlab, gitea, none",
    ]
    assert (
        "  2. Check the portal in reconciler.yaml: export PORTAL_SECRET=…, then reconciler doctor\n"
        in ran.out
    )
    text = (empty.folder / "reconciler.yaml").read_text()
    assert "metadata: {name: halden}" in text
    assert "      url: https://id.example\n      realm: acme\n" in text
    assert "RECONCILER_PORTAL: production" in (empty.folder / ".gitlab-ci.yml").read_text()


def test_options_that_are_wrong_write_nothing(empty: Place) -> None:
    wrong = {
        ("--name", "Ours"): '--name: "Ours" is not valid',
        ("--portal-type", "kong"): '"kong" is not a portal type',
        ("--owner", "partnerships"): '--owner: "" is not valid',
        ("--owner", "Ana=ana@acme.example"): '--owner: "Ana" is not valid',
        ("--source", "reconciler"): "--source: reconciler is not an address with a commit or tag",
        ("--source", "https://a.example/b@v1"): "https://a.example/b cannot be used as an action of GitHub",
    }

    for options, message in wrong.items():
        ran = empty.run("init", *options)
        assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: {message}")
    assert held(empty.folder) == {}


def test_below_the_top_level_of_a_repository_nothing_is_written(
    empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(empty, "init", "--quiet")
    below = empty.folder / "below"
    below.mkdir()
    monkeypatch.chdir(below)

    assert empty.run("init") == Ran(
        1,
        "",
        f"Error: this folder is inside of the repository at {empty.folder}\n"
        "Hint: run it there; or make this folder a repository of its own with `git init`\n",
    )
    assert held(below) == {}
