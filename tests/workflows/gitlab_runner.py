"""Runs jobs of the pipeline for GitLab as its runner does: those that an event starts, in bash."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from tests.forge.gitlab_server import GitLab
from tests.workflows.acting import ROOT
from tests.workflows.place import Place
from tests.workflows.repository import Files

PIPELINE: Final = ROOT / "reconciler" / "scaffold" / "templates" / "gitlab-ci.yml"
PROJECT: Final = "42"
_TERM: Final = re.compile(r'\$(\w+) (==|!=) (?:"([^"]*)"|\$(\w+))')


class GitLabRunner(msgspec.Struct, frozen=True, kw_only=True):
    """A place, and the forge whose jobs run there."""

    place: Place
    forge: GitLab
    api: str
    portal_name: str = "staging"

    def at(self, portals: str) -> "GitLabRunner":
        """Return the same, where the variable names these portals."""
        return msgspec.structs.replace(self, portal_name=portals)

    def propose(self, files: Files) -> tuple[int, dict[str, str]]:
        """Open a merge request with these files; return its number and what its pipeline knows."""
        number = len(self.forge.merge_requests) + 1
        base = self.place.repository.git("rev-parse", "main")
        head = self.place.repository.propose(number, files)
        self.forge.open_request(head)
        return number, merge_request(number, head, base)

    def merge(self, number: int) -> dict[str, str]:
        """Merge a merge request, and return what the pipeline of main knows, then and when it runs again."""
        before, after = self.place.repository.merge(number)
        self.forge.merge(number, merge_commit=after)
        return on_main("push", after, CI_COMMIT_BEFORE_SHA=before)

    def enforce(self) -> None:
        """Let bo approve for the owners of partners and of tracking."""
        text = (self.place.repository.folder / "reconciler.yaml").read_text()
        for owner in ("partnerships", "tracking"):
            handle = f'"@halden-freight/{owner}"'
            text = text.replace(handle, f"{handle}, approvers: {{gitlab: [bo]}}")
        self.place.repository.push({"reconciler.yaml": text})

    def status(self, name: str) -> str:
        """Return the newest status of this name, with its description."""
        newest = [each for each in self.forge.statuses if each["name"] == name][-1]
        return f"{newest['status']}: {newest['description']}"

    def morning(self) -> dict[str, str]:
        """Return what a scheduled pipeline knows."""
        return on_main("schedule", self.place.repository.git("rev-parse", "main"))

    def run(self, name: str, scope: str, known: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a job's script, keep its artifacts, and run what comes after it."""
        assert name in started(known)
        job = jobs()[name]
        folder = self.place.artifacts.parent / "job"
        taken = self.place.artifacts.parent / "taken"
        shutil.rmtree(taken, ignore_errors=True)
        shutil.copytree(self.place.artifacts, taken)
        self.place.forget()
        shutil.rmtree(folder, ignore_errors=True)
        origin = self.place.repository.origin.as_uri()
        subprocess.run(["git", "clone", "--quiet", origin, folder], check=True)
        subprocess.run(
            ["git", "checkout", "--quiet", "--detach", known["CI_COMMIT_SHA"]], cwd=folder, check=True
        )
        # A runner need not have fetched any branch.
        subprocess.run(["git", "update-ref", "-d", "refs/remotes/origin/main"], cwd=folder, check=True)
        # All that comes before the script, but for the installation.
        _bash(job["before_script"][:1], folder, {})
        if "needs" in job:
            shutil.copytree(taken, folder, dirs_exist_ok=True)
        environment = {
            **_variables(),
            **known,
            "RECONCILER_PORTAL": self.portal_name,
            "PORTAL_TOKEN": self.place.tokens.get(scope, ""),
            "CI_API_V4_URL": self.api,
            "CI_JOB_URL": "https://gitlab.example/our-company/access/-/jobs/7",
            "GITLAB_TOKEN": "glpat-bot",
            "PATH": f"{self.place.artifacts.parent / 'commands'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
        }
        ran = _bash(job["script"], folder, environment)
        after = _bash(job.get("after_script", []), folder, environment)
        artifacts = job.get("artifacts", {})
        for kept in artifacts.get("paths", []):
            if (folder / kept).is_dir():
                shutil.copytree(folder / kept, self.place.artifacts / Path(kept).name)
        report = artifacts.get("reports", {}).get("codequality")
        if report:
            shutil.copy(folder / report, self.place.artifacts)
        ran.stdout += after.stdout
        return ran


def merge_request(
    number: int, head: str, base: str, *, source: str = PROJECT, target: str = "main"
) -> dict[str, str]:
    """Return what the pipeline of a merge request knows."""
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        # A fork's pipeline runs in the fork.
        "CI_PROJECT_ID": source,
        "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
        "CI_MERGE_REQUEST_IID": str(number),
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target,
        "CI_COMMIT_SHA": head,
        "CI_DEFAULT_BRANCH": "main",
    }


def on_main(event: str, commit: str, **more: str) -> dict[str, str]:
    """Return what a pipeline of main knows."""
    return {
        "CI_PIPELINE_SOURCE": event,
        "CI_PROJECT_ID": PROJECT,
        "CI_COMMIT_SHA": commit,
        "CI_COMMIT_BRANCH": "main",
        "CI_DEFAULT_BRANCH": "main",
        **more,
    }


def jobs() -> dict[str, Any]:
    """Return the jobs, each with what it extends."""
    pipeline = yaml.safe_load(PIPELINE.read_text())
    named = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "script" in job}
    return {name: {**pipeline[job["extends"]], **job} for name, job in named.items()}


def started(known: dict[str, str]) -> list[str]:
    """Return the jobs of the pipeline that an event starts; none where it starts no pipeline."""
    pipeline = yaml.safe_load(PIPELINE.read_text())
    known = {**_variables(), **known}
    if not _matches(pipeline["workflow"]["rules"], known):
        return []
    return [name for name, job in jobs().items() if _matches(job.get("rules", [{"if": ""}]), known)]


def _matches(rules: list[dict[str, str]], known: dict[str, str]) -> bool:
    return any(all(_holds(term, known) for term in rule["if"].split(" && ") if term) for rule in rules)


def _holds(term: str, known: dict[str, str]) -> bool:
    parsed = _TERM.fullmatch(term)
    assert parsed is not None, term
    left, sign, text, right = parsed.groups()
    return (sign == "==") == (known.get(left) == (text if right is None else known.get(right)))


def _variables() -> dict[str, str]:
    variables: dict[str, str] = yaml.safe_load(PIPELINE.read_text())["variables"]
    return variables


def _bash(script: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run lines one after the other in one shell, as a job's are; the first that fails ends it."""
    text = "\n".join(["set -eo pipefail", *script])
    return subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
