"""What all commands that edit files have in common: the difference, the check, the dry run, the comments."""

from typing import Any, Final

import click
import msgspec
import pytest

from reconciler.cli.main import COMMANDS, program
from reconciler.model.finding import Finding, Severity
from reconciler.workflow.preview import Preview, preview
from tests.cli.running import CONFIGURATION, TODAY, Place, Ran

ACME = """\
    # Acme sells for us
    apiVersion: reconciler/v1 # kept
    kind: Partner # kept
    metadata: {name: acme} # kept
    spec: # kept
      type: reseller # kept
      displayName: Acme # kept
      owner: partnerships # kept
      agreement: MSA-1 # kept
      domains: [acme.example] # kept
      # for all teams
      access: [{group: tracking, until: 2027-06-30}, rates] # kept
      # two teams
      teams: # kept
        - name: ops # kept
          admins: [ana@acme.example, eve@acme.example] # kept
        - name: finance # kept
          admins: [ana@acme.example] # kept
          members: [bo@acme.example, cy@acme.example] # kept
    """
BOLT = """\
    # Bolt rests
    apiVersion: reconciler/v1 # kept
    kind: Partner # kept
    metadata: {name: bolt} # kept
    spec: # kept
      type: reseller # kept
      status: suspended
      displayName: Bolt # kept
      owner: partnerships # kept
      agreement: MSA-2 # kept
      domains: [bolt.example, acme.example] # kept
      teams: # kept
        - name: web # kept
          admins: [ed@bolt.example] # kept
    """
GROUPS = """\
    # What they get
    apiVersion: reconciler/v1 # kept
    kind: AccessGroup # kept
    metadata: {name: tracking} # kept
    spec: # kept
      displayName: Tracking # kept
      owner: logistics # kept
      apis: [tracking-v2] # kept
      offers: [{type: reseller, maxDays: 400}] # kept
    --- # kept
    apiVersion: reconciler/v1 # kept
    kind: AccessGroup # kept
    metadata: {name: rates} # kept
    spec: # kept
      displayName: Rates # kept
      owner: logistics # kept
      products: [suite] # kept
      offers: [{type: reseller}] # kept
    --- # kept
    apiVersion: reconciler/v1 # kept
    kind: AccessGroup # kept
    metadata: {name: labels} # kept
    spec: # kept
      displayName: Labels # kept
      owner: logistics # kept
      products: [suite] # kept
      offers: [{type: reseller}] # kept
    """
SUITE = """\
    # All of it
    apiVersion: reconciler/v1 # kept
    kind: ApiProduct # kept
    metadata: {name: suite} # kept
    spec: {displayName: Suite, owner: logistics, apis: [tracking-v2]} # kept
    """
CATALOG = """\
    # Our APIs
    apiVersion: reconciler/v1 # kept
    kind: Catalog # kept
    metadata: {name: catalog} # kept
    spec: # kept
      apis: # kept
        - {name: tracking-v2, owner: logistics} # kept
    """
NEEDED = "--type reseller --owner partnerships --display-name"


SAMPLES: Final = {
    "new partner": f"cobalt {NEEDED} Cobalt --agreement M-9",
    "new team": "acme/shop --admin ana@acme.example --access labels",
    "new access-group": "more --display-name More --owner logistics --api tracking-v2",
    "new product": "more --display-name More --owner logistics --api tracking-v2",
    "grant": "acme/ops labels --level view",
    "revoke": "acme tracking",
    "member add": "acme/finance di@acme.example",
    "member remove": "acme/finance bo@acme.example",
    "extend": "acme tracking --until 2027-10-31",
    "suspend": "acme",
    "resume": "bolt",
    "end": "acme/finance",
    "rename partner": "acme apex",
    "rename team": "acme/ops operations",
    "rename access-group": "rates prices",
    "rename product": "suite bundle",
    "move": "acme/finance bolt",
    "offboard": "bo@acme.example",
    "catalog": "--from apis --owner logistics",
}
# Commands with tests of their own: they write whole files, read a portal or a CRM, or change only the style.
OTHERS: Final = {"init", "export", "capture", "sync", "people pull", "fmt"}


@pytest.fixture
def written(place: Place) -> Place:
    """A repository in which every line that stays has a comment."""
    paths = CONFIGURATION.replace("[AccessGroup]", "[AccessGroup], products: [ApiProduct]")
    place.write(
        reconciler=paths,
        catalog=CATALOG,
        partners__acme=ACME,
        partners__bolt=BOLT,
        products__suite=SUITE,
        apis__rates="openapi: 3.1.0\ninfo: {title: Rates, version: 1.0.0}\n",
        **{"access-groups__tracking": GROUPS},
    )
    assert place.run("schema").code == place.run("validate").code == 0
    return place


def edit(place: Place, command: str, arguments: str, *options: str) -> Ran:
    return place.run(*command.split(), *arguments.split(), *options, "--today", TODAY)


def texts(place: Place) -> dict[str, str]:
    """Return all files that the configuration names, and their texts."""
    return {
        str(path.relative_to(place.folder)): path.read_text() for path in sorted(place.folder.rglob("*.yaml"))
    }


def comments(files: dict[str, str]) -> int:
    return sum(line.count("# ") for text in files.values() for line in text.splitlines())


def difference(printed: str) -> str:
    """Return what is printed without what is said about the difference."""
    said = ("Note: ", "Warning: ", "new: ", "gone: ")
    return "".join(line for line in printed.splitlines(keepends=True) if not line.startswith(said))


def commands() -> set[str]:
    """Return the names of all commands that edit files."""
    found = set()
    for name in (each for each, row in COMMANDS.items() if row.section == "Edit"):
        command = program.get_command(click.Context(program), name)
        below = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {each}" for each in below} or {name}
    return found


def test_every_command_that_edits_files_is_here() -> None:
    assert commands() - OTHERS == set(SAMPLES)


@pytest.mark.parametrize("command", SAMPLES)
def test_an_edit_shows_the_difference_keeps_comments_and_validates(written: Place, command: str) -> None:
    before = texts(written)
    tried = edit(written, command, SAMPLES[command], "--dry-run")
    untouched = texts(written)
    done = edit(written, command, SAMPLES[command])
    after = texts(written)

    assert (tried.code, untouched) == (0, before)
    assert (done.code, tried.out.startswith("--- ")) == (0, True)
    assert difference(done.err) == tried.out
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert (set(done.out.splitlines()), bool(changed)) == (changed, True)
    new = sum(text.count("# yaml-language-server") for path, text in after.items() if path not in before)
    assert comments(after) - new == comments(before)
    assert written.run("validate").code == 0


@pytest.mark.parametrize("command", SAMPLES)
def test_what_does_not_validate_is_not_written(
    written: Place, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def judged(*given: Any) -> Preview:
        wrong = Finding(rule="schema", severity=Severity.ERROR, message="the result is wrong")
        return msgspec.structs.replace(preview(*given), findings=[wrong])

    for module in ("reconciler.workflow.edit", "reconciler.cli.actions.edits.new_partner"):
        monkeypatch.setattr(f"{module}.preview", judged)
    before = texts(written)

    for options in ((), ("--dry-run",)):
        ran = edit(written, command, SAMPLES[command], *options)
        assert (ran.code, ran.err.endswith("the result is wrong\n"), texts(written)) == (1, True, before)
