"""The lists of the forms follow the files on main, by a pull request, run with act."""

import shutil
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.edit.filled_forms import FORM
from tests.workflows.acting import APP_SECRETS, APP_VARIABLES, COMMANDS, TOKEN, WORKFLOWS, Actor, Ran
from tests.workflows.gh import Forge, stand_in
from tests.workflows.repository import Repository, sample

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

BRANCH: Final = "reconciler/update-forms"
FORM_PATH: Final = ".github/ISSUE_TEMPLATE/new-partner.yml"


class Main(msgspec.Struct, frozen=True):
    """A repository at a forge, whose main has the form, and what a push to it starts."""

    forge: Forge
    repository: Repository
    actor: Actor

    def push(self, files: dict[str, str | None], *, app: bool = False) -> Ran:
        """Push a commit, and run what it starts."""
        before, after = self.repository.push(files)
        payload = {
            "ref": "refs/heads/main",
            "before": before,
            "after": after,
            "repository": {"full_name": "halden-freight/access", "default_branch": "main"},
        }
        secrets = {"GITHUB_TOKEN": TOKEN, **(APP_SECRETS if app else {})}
        variables = APP_VARIABLES if app else {}
        return self.actor.run(
            WORKFLOWS / "update-forms.yml", "push", payload, secrets=secrets, variables=variables
        )

    def owned_by(self, *names: str) -> dict[str, str | None]:
        """Return the configuration with more owners."""
        text = (self.repository.folder / "reconciler.yaml").read_text()
        added = "".join(f"    {name}: {{email: {name}@halden.example}}\n" for name in names)
        return {"reconciler.yaml": text.replace("  defaultPortal:", f"{added}  defaultPortal:")}

    def pulls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.forge.read()["pulls"]
        return found

    def proposed(self) -> str | None:
        """Return the commit of the branch that is proposed."""
        return self.repository.git("ls-remote", "origin", f"refs/heads/{BRANCH}").partition("\t")[0] or None


@pytest.fixture
def main(tmp_path: Path) -> Main:
    if not (COMMANDS / "act").is_file() or shutil.which("jq") is None:
        pytest.skip("act or jq is not installed")
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "reconciler").symlink_to(COMMANDS / "reconciler")
    repository = sample(tmp_path, "http://127.0.0.1:9")
    environment = {
        "STAND_IN_ORIGIN": repository.origin.as_uri(),
        "GITHUB_REPOSITORY": "halden-freight/access",
    }
    repository.push({FORM_PATH: FORM.read_text()})
    forge = stand_in(commands, tmp_path / "forge.json")
    return Main(forge, repository, Actor(repository.folder, environment))


def test_a_change_of_the_owners_becomes_one_pull_request_that_is_kept_up_to_date(main: Main) -> None:
    same = main.push({"README.yaml": "a: 1"})

    assert (same.jobs, main.pulls(), main.proposed()) == ({"propose": "success"}, [], None), same.log

    changed = main.push(main.owned_by("returns"))
    first = main.proposed()

    assert changed.jobs == {"propose": "success"}, changed.log
    [pull] = main.pulls()
    assert (pull["--head"], pull["--base"], pull["--title"]) == (
        BRANCH,
        "main",
        "Update the lists of the forms",
    )
    assert "when a member approves them" in pull["body"]
    main.repository.git("fetch", "--quiet", "origin", BRANCH)
    difference = main.repository.git("diff", "--unified=0", "main", "FETCH_HEAD").splitlines()
    assert [line for line in difference if line.startswith("+") and not line.startswith("+++")] == [
        "+      options: [partnerships, platform, shipping, tracking, customs, network, finance, returns]"
    ]

    main.push({"README.yaml": "a: 2"})
    assert (len(main.pulls()), main.proposed()) == (1, first)

    main.push(main.owned_by("claims"))
    assert (len(main.pulls()), main.proposed() == first) == (1, False)


def test_an_app_opens_the_pull_request_so_that_its_checks_start(main: Main) -> None:
    ran = main.push(main.owned_by("returns"), app=True)

    [pull] = main.pulls()
    assert (ran.jobs, pull["by"], pull["body"]) == (
        {"propose": "success"},
        "app",
        "The lists of the forms now offer what the files define.\n",
    )


def test_files_with_errors_propose_nothing(main: Main) -> None:
    ran = main.push({"partners/broken.yaml": "kind: Partner\n"})

    assert (ran.jobs, main.pulls(), main.proposed()) == ({"propose": "failure"}, [], None)
