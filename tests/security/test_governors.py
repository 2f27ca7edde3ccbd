"""A branch does not choose its judge: the configuration of its base counts, or no portal is used."""

import json
from pathlib import Path

import pytest

from tests.cli.commands.test_base import OLA, committed, git, repository
from tests.cli.running import CONFIGURATION, PARTNER, Place

__all__ = ["repository"]

OWN = CONFIGURATION.replace("http://127.0.0.1:9", "http://127.0.0.1:19")
HINT = (
    "Hint: its configuration decides what a branch may do, so it is needed; to start using Reconciler, or to"
    " repair that branch, add --bootstrap (to plan also --files-only)\n"
)


def main_has(place: Place, configuration: str | None) -> None:
    """Make main one whose configuration is this one, or missing; the branch has a valid one of its own."""
    git(place.folder, "switch", "--quiet", "main")
    place.write(reconciler=configuration)
    committed(place, "Change the configuration")
    git(place.folder, "switch", "--quiet", "topic")
    git(place.folder, "merge", "--quiet", "main")
    place.write(reconciler=OWN, partners__acme=OLA)


@pytest.mark.parametrize(
    ("configuration", "problem"),
    [
        (None, "Error: --base: main has no configuration\n"),
        ("kind: Configuration\n", "Error: --base: main has errors in its files (reconciler.yaml:1: "),
    ],
)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("validate",)])
def test_a_branch_cannot_govern_itself_where_main_has_no_valid_configuration(
    repository: Place,
    configuration: str | None,
    problem: str,
    command: tuple[str, ...],
) -> None:
    main_has(repository, configuration)

    ran = repository.run(*command, "--base", "main")

    assert (ran.code, ran.out, problem in ran.err, HINT in ran.err) == (1, "", True, True)


def test_a_branch_cannot_govern_itself_by_a_linked_configuration(repository: Place) -> None:
    (repository.folder / "own").mkdir()
    (repository.folder / "own" / "reconciler.yaml").write_text(OWN)
    (repository.folder / "reconciler.yaml").unlink()
    (repository.folder / "reconciler.yaml").symlink_to(Path("own") / "reconciler.yaml")

    refused = [repository.run(*command) for command in (("plan", "--base", "main"), ("plan",), ("validate",))]

    assert [(ran.code, "symbolic link" in ran.out + ran.err) for ran in refused] == [(1, True)] * 3


def test_a_branch_cannot_govern_itself_by_a_link_on_main(repository: Place) -> None:
    git(repository.folder, "switch", "--quiet", "main")
    (repository.folder / "reconciler.yaml").rename(repository.folder / "real.yaml")
    (repository.folder / "reconciler.yaml").symlink_to("real.yaml")
    committed(repository, "Link it")
    git(repository.folder, "switch", "--quiet", "topic")

    ran = repository.run("plan", "--base", "main")

    assert (ran.code, HINT in ran.err) == (1, True)


def test_the_first_adoption_compares_files_alone(repository: Place) -> None:
    main_has(repository, None)

    ran = repository.run("plan", "--base", "main", "--bootstrap", "--files-only", "--format", "json")
    made = json.loads(ran.out)

    assert (ran.code, made["portalId"], made["source"]["base"]) == (0, "files", None)
    assert {change["action"] for change in made["changes"]} == {"create"}
    assert "full-plan" in [finding["rule"] for finding in made["findings"]]
    assert {(each["about"], each["before"]) for each in made["fileChanges"]} == {
        ("configuration", None),
        ("access-group/tracking", None),
    }


def test_a_full_plan_shows_what_a_branch_changes_in_its_configuration(repository: Place) -> None:
    git(repository.folder, "switch", "--quiet", "main")
    repository.write(partners__acme="apiVersion: [\n")
    committed(repository, "Break a file")
    git(repository.folder, "switch", "--quiet", "topic")
    git(repository.folder, "merge", "--quiet", "main")
    repository.write(reconciler=OWN, partners__acme=OLA)

    made = json.loads(repository.run("plan", "--base", "main", "--format", "json").out)

    assert "full-plan" in [finding["rule"] for finding in made["findings"]]
    assert [(each["about"], each["path"]) for each in made["fileChanges"]] == [
        ("configuration", "portals.away")
    ]


def test_a_bootstrap_never_uses_a_portal(repository: Place) -> None:
    main_has(repository, None)

    ran = repository.run("plan", "--base", "main", "--bootstrap")

    assert (ran.code, "--bootstrap needs --files-only" in ran.err) == (1, True)


def test_a_bootstrap_changes_nothing_where_main_governs(repository: Place) -> None:
    repository.write(
        reconciler=f"{CONFIGURATION.rstrip()}\n      rules: {{admin-domain: 'off'}}\n", partners__acme=OLA
    )
    files = ("plan", "--base", "main", "--files-only", "--format", "json")

    plain, bootstrap = (json.loads(repository.run(*files, *more).out) for more in ((), ("--bootstrap",)))

    assert bootstrap["digest"] == plain["digest"]
    assert bootstrap["findings"] == plain["findings"]


def test_the_first_adoption_is_validated_by_its_own_rules(repository: Place) -> None:
    main_has(repository, None)

    adopted = repository.run("validate", "--base", "main", "--bootstrap")
    repository.write(partners__acme=OLA.replace("agreement", "agrement"))
    wrong = repository.run("validate", "--base", "main", "--bootstrap")

    assert (adopted.code, wrong.code) == (0, 1)


def test_a_branch_is_validated_by_the_rules_of_main_though_it_says_bootstrap(repository: Place) -> None:
    turned_off = f"{CONFIGURATION.rstrip()}\n      rules: {{no-admin: 'off'}}\n"
    repository.write(reconciler=turned_off, partners__acme=PARTNER.replace("ana@acme.example", ""))
    options = ("validate", "--base", "main", "--format", "json")

    plain, bootstrap = (json.loads(repository.run(*options, *more).out) for more in ((), ("--bootstrap",)))

    assert bootstrap == plain
    assert [each["rule"] for each in plain["findings"] if not each["inBase"]] == ["no-admin"]
