"""A branch is the base of another one: what it says about portals and rules was reviewed by nobody."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("base", "code"), [("main", 0), ("release", 0), ("mallory", 1), ("MAIN", 1), ("main release", 1)]
)
def test_a_branch_cannot_get_the_token_as_the_base_of_a_pull_request_on_github(base: str, code: int) -> None:
    jobs = yaml.safe_load((_ROOT / ".github" / "workflows" / "plan.yml").read_text())["jobs"]
    first = jobs["plan"]["steps"][0]
    environment = {"PATH": os.environ["PATH"], "BASES": "main release", "GITHUB_BASE_REF": base}
    ran = subprocess.run(
        ["bash", "-e", "-c", first["run"]], env=environment, check=False, capture_output=True, text=True
    )
    refusal = f"::error::{base} is not one of the bases that are planned: main release\n"

    assert "secrets." not in str(first)
    assert (ran.returncode, ran.stdout) == (code, refusal if code else "")
