"""A branch is the base of another one: what it says about portals and rules was reviewed by nobody."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROOT = Path(__file__).parents[2]


def _read(path: str) -> Any:
    return yaml.safe_load((_ROOT / path).read_text())


def _run(script: str, **environment: str) -> int:
    return subprocess.run(
        ["bash", "-e", "-c", script], env={"PATH": os.environ["PATH"], **environment}, check=False
    ).returncode


@pytest.mark.parametrize(("base", "code"), [("main", 0), ("release", 0), ("mallory", 1), ("main release", 1)])
def test_a_branch_cannot_get_the_token_as_the_base_of_a_pull_request_on_github(base: str, code: int) -> None:
    first = _read(".github/workflows/plan.yml")["jobs"]["plan"]["steps"][0]

    assert "secrets." not in str(first)
    assert _run(first["run"], BASES="main release", GITHUB_BASE_REF=base) == code


@pytest.mark.parametrize(("target", "code"), [("main", 0), ("mallory", 1), ("*", 1)])
def test_a_branch_cannot_get_the_token_as_the_target_of_a_merge_request_on_gitlab(
    target: str, code: int
) -> None:
    first = _read("docs/examples/gitlab-ci.yml")["plan"]["script"][0]

    assert _run(first, CI_MERGE_REQUEST_TARGET_BRANCH_NAME=target, CI_DEFAULT_BRANCH="main") == code
