"""The pipelines of a forge: those that this project uses and tests, with the address of one version."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from reconciler.errors import InputError
from reconciler.scaffold.editors import template
from reconciler.scaffold.settings import CI, PortalEntry, Source
from reconciler.scaffold.yaml_text import flow

_WORKFLOWS: Final = ("plan.yml", "apply.yml", "daily.yml")
_OF_GITHUB: Final = (
    *_WORKFLOWS,
    "fork.yml",
    "capture.yml",
    "people.yml",
    "sync.yml",
    "review.yml",
    "approvals.yml",
    "forms.yml",
    "update-forms.yml",
)
_FORMS: Final = ("new-partner.yml", "remove-person.yml")
_HOOKS: Final = ("reconciler-validate", "reconciler-schema", "reconciler-fmt")
# The action of the repository that has these workflows itself.
_OWN_ACTION: Final = "uses: ./\n"
_VARIABLE: Final = "PORTAL_TOKEN"
_HASH: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_GITLAB: Final[Mapping[str, str]] = {
    "PORTAL": "production(?= #)",
    "REPOSITORY": r"https://git\.our-company\.example/\S*",
    "COMMIT": r'"0{40}" # .*',
}


def pipeline_files(ci: CI, source: Source, portal: PortalEntry) -> dict[str, str]:
    """Return the pipelines by path. Raises InputError for a source that the forge cannot use."""
    if ci == "github":
        return {f".github/workflows/{name}": _github(name, source, portal) for name in _OF_GITHUB}
    if ci == "gitea":
        return {f".gitea/workflows/{name}": _of_gitea(name, source, portal) for name in _WORKFLOWS}
    if ci == "gitlab":
        return {".gitlab-ci.yml": _gitlab(source, portal)}
    return {}


def form_files(ci: CI) -> dict[str, str]:
    """Return the forms by path, whose answers the workflows read; their lists offer nothing yet."""
    if ci != "github":
        return {}
    return {f".github/ISSUE_TEMPLATE/{name}": template(f"github/ISSUE_TEMPLATE/{name}") for name in _FORMS}


def pre_commit_file(source: Source) -> dict[str, str]:
    """Return the configuration of pre-commit, with the hooks of this program."""
    revision = f"{source.revision} # frozen: v{source.version}" if _version(source) else source.revision
    lines = [
        "# Checks before each commit: install pre-commit, then run `pre-commit install`.",
        "repos:",
        f"  - repo: {source.url}",
        f"    rev: {revision}",
        "    hooks:",
        *(f"      - id: {hook}" for hook in _HOOKS),
    ]
    return {".pre-commit-config.yaml": "".join(f"{line}\n" for line in lines)}


def _github(name: str, source: Source, portal: PortalEntry) -> str:
    text = template(f"github/{name}").replace(_OWN_ACTION, f"uses: {_action(source)}\n")
    return text.replace(_VARIABLE, portal.variable)


def _of_gitea(name: str, source: Source, portal: PortalEntry) -> str:
    # Gitea finds an action of any host by its whole address.
    action = f"{source.url}@{source.revision}{_version(source)}"
    text = template(f"gitea/{name}").replace(_OWN_ACTION, f"uses: {action}\n")
    return text.replace(_VARIABLE, portal.variable)


def is_action(source: Source) -> bool:
    """Return whether GitHub can use it as an action: it is a repository OWNER/NAME."""
    return urlsplit(source.url).path.strip("/").count("/") == 1


def _action(source: Source) -> str:
    """Return the action at its revision. Raises InputError where GitHub could not find it."""
    path = urlsplit(source.url).path.strip("/").removesuffix(".git")
    if not is_action(source):
        message = f"{source.url} cannot be used as an action of GitHub"
        raise InputError(message, "give the address of a repository OWNER/NAME with --source")
    return f"{path}@{source.revision}{_version(source)}"


def _version(source: Source) -> str:
    return f" # v{source.version}" if _HASH.fullmatch(source.revision) else ""


def _gitlab(source: Source, portal: PortalEntry) -> str:
    text = template("gitlab-ci.yml").replace(_VARIABLE, portal.variable)
    values = {
        # The jobs of a pipeline do not share a database file.
        "PORTAL": '""' if "database" in portal.settings else flow(portal.name),
        "REPOSITORY": flow(source.url),
        "COMMIT": f'"{source.revision}"{_version(source)}',
    }
    for name, value in values.items():
        text = re.sub(f"(?<=RECONCILER_{name}: ){_GITLAB[name]}", value.replace("\\", r"\\"), text)
    return text
