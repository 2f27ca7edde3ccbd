"""The answers of a form, from the label to the pull request, run with act."""

import re
import shutil
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.edit.filled_forms import ANSWERS, FILE, filled, filled_removal
from tests.workflows.acting import APP_SECRETS, APP_VARIABLES, COMMANDS, ROOT, TOKEN, WORKFLOWS, Actor, Ran
from tests.workflows.gh import LINK, Forge, comment, stand_in
from tests.workflows.repository import Repository, sample

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

MARK: Final = "<!-- new partner -->\n"
LATER: Final = " Its checks start when a member approves them, or closes and reopens it."
WITHOUT_END: Final = ANSWERS | {"until": ""}
WRONG: Final = f"{MARK}This request needs a few changes before it can become a pull request:\n\n"
AGAIN: Final = "\nEdit the text of this issue, then ask a member to remove the label and add it again.\n"


class Request(msgspec.Struct, frozen=True):
    """A repository at a forge, and an issue in it that gets a label."""

    forge: Forge
    repository: Repository
    actor: Actor

    def labelled(
        self, body: str | None, *, label: str = "new partner", by: str = "mia", app: bool = False
    ) -> Ran:
        """Put a label on the issue with this text, and run what it starts."""
        payload: dict[str, Any] = {
            "action": "labeled",
            "label": {"name": label},
            "sender": {"login": by},
            "issue": {"number": 7, "body": body, "user": {"login": "stranger"}},
            "repository": {
                "name": "access",
                "full_name": "halden-freight/access",
                "owner": {"login": "halden-freight"},
                "default_branch": "main",
            },
        }
        secrets = {"GITHUB_TOKEN": TOKEN, **(APP_SECRETS if app else {})}
        variables = APP_VARIABLES if app else {}
        return self.actor.run(
            WORKFLOWS / "forms.yml", "issues", payload, secrets=secrets, variables=variables
        )

    def comments(self) -> list[str]:
        return [str(each["body"]) for each in self.forge.read()["comments"]]

    def branches(self) -> list[str]:
        listed = self.repository.git("ls-remote", "--heads", "origin").splitlines()
        return [line.partition("refs/heads/")[2] for line in listed]

    def proposed(self, branch: str, *arguments: str) -> str:
        self.repository.git("fetch", "--quiet", "origin", branch)
        return self.repository.git("show", *arguments, "FETCH_HEAD")


@pytest.fixture
def request_for(tmp_path: Path) -> Request:
    """The sample at a forge."""
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
    forge = stand_in(commands, tmp_path / "forge.json")
    return Request(forge, repository, Actor(repository.folder, environment))


def test_a_request_that_is_right_becomes_a_pull_request(request_for: Request) -> None:
    ran = request_for.labelled(filled(WITHOUT_END))

    [pull] = request_for.forge.read()["pulls"]
    file, body = Path(pull.pop("--body-file")), pull.pop("body")
    assert (ran.jobs, pull, request_for.branches()) == (
        {"propose": "success"},
        {
            "--repo": "halden-freight/access",
            "--base": "main",
            "--head": "new-partner/northstar",
            "--title": "Add partner northstar",
        },
        ["main", "new-partner/northstar"],
    ), ran.log
    assert (file.name, body) == (
        "proposal.md",
        (
            "Closes #7. This file contains the answers from the issue. The checks show who would gain access."
            f"{LATER}\n\n"
            "    Note: schemas/partner.schema.json does not exist;"
            " `reconciler schema` writes it for editors.\n"
        ),
    )
    assert request_for.proposed("new-partner/northstar", "--format=%an%n%B", "--name-only") == (
        "github-actions[bot]\nAdd partner northstar\n\nRequested in #7.\n\n\npartners/northstar.yaml"
    )
    written = request_for.repository.git("show", "FETCH_HEAD:partners/northstar.yaml")
    assert f"{written}\n" == FILE.replace("  until: 2028-12-31\n", "")
    assert request_for.comments() == [
        f"{MARK}This request is now a pull request: {LINK}. Its owners review it there.{LATER}\n"
    ]


def test_an_app_opens_the_pull_request_so_that_its_checks_start(request_for: Request) -> None:
    ran = request_for.labelled(filled(WITHOUT_END), app=True)

    [pull] = request_for.forge.read()["pulls"]
    assert (ran.jobs, pull["by"], LATER in pull["body"]) == ({"propose": "success"}, "app", False), ran.log
    assert request_for.comments() == [
        f"{MARK}This request is now a pull request: {LINK}. Its owners review it there.\n"
    ]


def test_a_request_that_is_wrong_is_answered_in_one_comment_that_is_kept_up_to_date(
    request_for: Request,
) -> None:
    request_for.forge.write(
        comments=[comment(0, f"{MARK}not by us", "stranger"), comment(1, "by another run")]
    )

    first = request_for.labelled(filled(WITHOUT_END, name="North Star", type="", admins="$(touch x)"))
    second = request_for.labelled(filled(WITHOUT_END, name="north star"))

    assert (first.jobs, second.jobs) == ({"propose": "success"}, {"propose": "success"}), first.log
    assert (request_for.branches(), request_for.forge.read()["pulls"]) == (["main"], [])
    name = (
        '`"north star" is not a valid short name`  \n  `use lower-case letters, digits and '
        "hyphens: north-star`"
    )
    assert request_for.comments() == [
        f"{MARK}not by us",
        "by another run",
        f"{WRONG}- **Short name:** {name}\n{AGAIN}",
    ]


@pytest.mark.parametrize("body", [None, "", "Please give us access!\n\n```\n### Short name\n$(id)\n```"])
def test_an_issue_that_no_form_made_is_answered(request_for: Request, body: str | None) -> None:
    request_for.labelled(body)

    [answer] = request_for.comments()
    assert answer.startswith(WRONG)
    assert "- **Type:** `a value is required`" in answer


REMOVED: Final = "<!-- remove person -->\n"
MAREK, ADAM, KOS = (f"{name}@cargolane.example" for name in ("marek.zielinski", "adam.kos", "adam.koss"))


def test_people_who_left_are_taken_out_by_a_pull_request(request_for: Request) -> None:
    form = filled_removal(people=f"{ADAM}\n{KOS}", partner="cargolane")
    ran = request_for.labelled(form, label="remove person", app=True)

    [pull] = request_for.forge.read()["pulls"]
    assert (ran.jobs, pull["--title"], pull["--head"], pull["by"], request_for.branches()) == (
        {"propose": "success"},
        "Take people out, as requested in #7",
        "remove-person/7",
        "app",
        ["main", "remove-person/7"],
    ), ran.log
    assert pull["body"] == (
        "Closes #7. The checks show what these people lose."
        " A team that has no admin any more needs another one.\n\n"
        f'    Note: {KOS} is not in any file; did you mean "{ADAM}"?\n'
    )
    commit = request_for.proposed("remove-person/7", "--format=%B", "--name-only")
    assert commit == "Take people out, as requested in #7\n\nRequested in #7.\n\n\npartners/cargolane.yaml"
    written = request_for.repository.git("show", "FETCH_HEAD:partners/cargolane.yaml")
    assert (written.count(ADAM), f"[{MAREK}, {ADAM}, {KOS}]" in written) == (1, True)
    assert request_for.comments() == [
        f"{REMOVED}This request is now a pull request: {LINK}. Its owners review it there.\n"
    ]

    request_for.labelled(form, label="remove person", app=True)
    assert request_for.comments() == [
        f"{REMOVED}There is already a pull request for this request, from the branch `remove-person/7`.\n"
    ]


def test_a_wrong_removal_is_answered_with_all_that_is_wrong(request_for: Request) -> None:
    answers = {"people": "$(touch x)@halden.example\nkari.dal@fjord.example", "partner": "`id`"}
    ran = request_for.labelled(filled_removal(**answers), label="remove person")

    [answer] = request_for.comments()
    assert (ran.jobs, request_for.branches(), request_for.forge.read()["pulls"]) == (
        {"propose": "success"},
        ["main"],
        [],
    ), ran.log
    assert answer.startswith(REMOVED)
    assert '- **Partner:** `` "`id`" is not a partner ``' in answer
    assert '- **E-mail addresses:** `"$(touch" is not a valid e-mail address`' in answer
    assert '- **E-mail addresses:** `"kari.dal@fjord.example" is not in any file`' in answer
    assert "x" not in [path.name for path in request_for.repository.folder.iterdir()]


def test_a_proposal_that_is_there_is_left_alone(request_for: Request) -> None:
    request_for.repository.git("push", "--quiet", "origin", "main:refs/heads/new-partner/northstar")

    ran = request_for.labelled(filled(WITHOUT_END))

    assert (ran.jobs, request_for.forge.read()["pulls"]) == ({"propose": "success"}, []), ran.log
    assert request_for.comments() == [
        f"{MARK}There is already a pull request for `northstar`, from the branch `new-partner/northstar`.\n"
    ]


@pytest.mark.parametrize("member", ["sam", "unheard-of"])
def test_a_label_by_somebody_who_may_not_triage_does_nothing(request_for: Request, member: str) -> None:
    ran = request_for.labelled(filled(WITHOUT_END), by=member)

    assert (ran.jobs, request_for.comments(), request_for.branches()) == (
        {"propose": "failure"},
        [],
        ["main"],
    )


def test_another_label_does_nothing(request_for: Request) -> None:
    ran = request_for.labelled(filled(WITHOUT_END), label="question")

    assert (ran.jobs, request_for.comments(), request_for.branches()) == ({}, [], ["main"])


def test_what_is_broken_elsewhere_is_no_answer_but_a_failure(request_for: Request) -> None:
    request_for.repository.push({"reconciler.yaml": "broken"})

    ran = request_for.labelled(filled(WITHOUT_END))

    assert (ran.jobs, request_for.comments()) == ({"propose": "failure"}, [])


def test_the_form_does_not_put_the_label_on_itself() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "new-partner.yml").read_text()

    assert re.search(r"^labels:", form, re.MULTILINE) is None
    assert "github.event.label.name == 'new partner'" in (WORKFLOWS / "forms.yml").read_text()
