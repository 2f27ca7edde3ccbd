"""The linters and schemas of others find nothing to object to."""

import shutil
import subprocess
from typing import Final

import pytest

from tests.workflows.acting import COMMANDS, ROOT, WORKFLOWS
from tests.workflows.gitlab_runner import PIPELINE

ZIZMOR: Final = COMMANDS / "zizmor"
VALIDATOR: Final = COMMANDS / "check-jsonschema"
SCHEMAS: Final = {
    "vendor.github-workflows": sorted(WORKFLOWS.glob("*.yml")),
    "vendor.github-actions": [ROOT / "action.yml"],
    "vendor.dependabot": [ROOT / ".github" / "dependabot.yml"],
    "vendor.gitlab-ci": [PIPELINE],
}


def test_zizmor_finds_nothing_even_where_it_is_most_suspicious() -> None:
    if not ZIZMOR.is_file():
        pytest.skip("zizmor is not installed")
    ran = subprocess.run(
        [
            ZIZMOR,
            "--offline",
            "--no-progress",
            "--persona=auditor",
            "--strict-collection",
            ".github",
            "action.yml",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert "No findings to report" in ran.stdout


def test_actionlint_finds_nothing() -> None:
    if shutil.which("actionlint") is None:
        pytest.skip("actionlint is not installed")
    ran = subprocess.run(["actionlint", "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_a_forge_reads_fits_its_schema(schema: str) -> None:
    if not VALIDATOR.is_file():
        pytest.skip("check-jsonschema is not installed")
    transform = ["--data-transform=gitlab-ci"] if schema == "vendor.gitlab-ci" else []
    ran = subprocess.run(
        [VALIDATOR, f"--builtin-schema={schema}", *transform, *SCHEMAS[schema]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
