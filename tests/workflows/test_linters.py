"""The linters of others for workflows find nothing."""

import shutil
import subprocess
from typing import Final

import pytest

from tests.workflows.acting import COMMANDS, ROOT

ZIZMOR: Final = COMMANDS / "zizmor"


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
