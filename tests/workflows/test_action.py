"""The action: each input becomes one argument, whatever stands in it."""

import re
from pathlib import Path
from typing import Final

from tests.workflows.acting import TOKEN
from tests.workflows.world import World

USE: Final = """\
name: use
on: push
permissions: {}
jobs:
  use:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: {persist-credentials: false}
      - uses: ./
        with:
          command: plan
          config: "a folder/$(touch made-by-config)"
          portal: ${{ github.event.portal }}
          base: "`touch made-by-base`"
          arguments: |
            --out=$HOME/plan "one".json
            --detailed-exitcode
            ; touch made-by-arguments
"""
VALIDATE: Final = """\
name: use
on: push
permissions: {}
jobs:
  use:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: {persist-credentials: false}
      - uses: ./
        with: {command: validate}
      - run: "! test -e made-by-another"
"""
RECORDER: Final = """\
#!/bin/sh
printf '%s\\n' "$@" > "$STAND_IN_ARTIFACTS/arguments"
ls > "$STAND_IN_ARTIFACTS/files"
"""


def test_inputs_are_arguments_and_never_become_part_of_a_script(world: World, tmp_path: Path) -> None:
    reconciler = tmp_path / "commands" / "reconciler"
    reconciler.unlink()
    reconciler.write_text(RECORDER)
    reconciler.chmod(0o755)
    workflow = tmp_path / "use.yml"
    workflow.write_text(USE)

    ran = world.actor.run(
        workflow, "push", {"portal": '"; touch made-by-portal; "'}, {"GITHUB_TOKEN": TOKEN}, {}
    )

    assert ran.jobs == {"use": "success"}
    assert (world.place.artifacts / "arguments").read_text().splitlines() == [
        "plan",
        "--config=a folder/$(touch made-by-config)",
        '--portal="; touch made-by-portal; "',
        "--base=`touch made-by-base`",
        '--out=$HOME/plan "one".json',
        "--detailed-exitcode",
        "; touch made-by-arguments",
    ]
    assert "made-by" not in (world.place.artifacts / "files").read_text()


def test_another_program_of_the_same_name_is_not_run(world: World, tmp_path: Path) -> None:
    other = tmp_path / "commands" / "reconciler"
    other.rename(tmp_path / "commands" / "ours")
    other.write_text("#!/bin/sh\ntouch made-by-another\n")
    other.chmod(0o755)
    install = world.place.repository.folder / ".ci" / "install"
    text = install.read_text().replace("/commands/reconciler' ", "/commands/ours' ")
    world.place.repository.push({".ci/install": text})
    workflow = tmp_path / "use.yml"
    workflow.write_text(VALIDATE)

    ran = world.actor.run(workflow, "push", {}, {"GITHUB_TOKEN": TOKEN}, {})

    assert ran.jobs == {"use": "success"}
    assert "24 documents" in ran.log
    assert re.search(r"add-matcher \S*/\.github/problem-matchers/reconciler\.json", ran.log)
