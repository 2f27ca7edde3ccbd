"""What `reconciler init` writes is what this project itself uses and tests, with the action of a version."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from reconciler.errors import InputError
from reconciler.model.document import KindName
from reconciler.scaffold import CI, Source, form_files, pipeline_files, portal_of_type, pre_commit_file
from reconciler.scaffold.editors import editor_files, template
from reconciler.workflow.forms import with_choices
from tests.workflows.acting import ROOT, WORKFLOWS
from tests.workflows.gitlab_runner import PIPELINE
from tests.workflows.test_linters import VALIDATOR, ZIZMOR

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SOURCE = Source("https://github.com/our-company/reconciler", COMMIT, "0.1.0")
ACTION = f"our-company/reconciler@{COMMIT} # v0.1.0"
COPIES = (
    "plan.yml",
    "apply.yml",
    "daily.yml",
    "fork.yml",
    "capture.yml",
    "people.yml",
    "sync.yml",
    "review.yml",
    "approvals.yml",
    "forms.yml",
    "update-forms.yml",
)


def made(ci: CI, source: Source = SOURCE, kind: str = "konnect") -> dict[str, str]:
    return pipeline_files(ci, source, portal_of_type(kind))


@pytest.mark.parametrize("name", COPIES)
def test_the_copy_in_the_package_is_the_workflow_that_is_tested(name: str) -> None:
    ours = WORKFLOWS / name

    assert template(f"github/{name}") == ours.read_text(), f"cp {ours} reconciler/scaffold/templates/github/"


def test_a_new_repository_has_these_workflows_with_the_action_of_a_version() -> None:
    assert made("github") == {
        f".github/workflows/{name}": (WORKFLOWS / name).read_text().replace("uses: ./\n", f"uses: {ACTION}\n")
        for name in COPIES
    }
    assert "./" not in re.findall("uses: (.*)", "".join(made("github").values()))


@pytest.mark.parametrize("path", form_files("github"))
def test_the_forms_differ_in_their_lists_only(path: str) -> None:
    ours = (ROOT / path).read_text()
    lists = {
        each["id"]: each["attributes"]["options"]
        for each in yaml.safe_load(ours)["body"]
        if each["type"] == "dropdown"
    }
    text = form_files("github")[path]

    assert with_choices(path, text, lists) == ours
    assert set(re.findall(r"options: \[(.*)\]", text)) <= {
        "none yet",
        "reseller, subsidiary, contractor, external, internal",
    }


def test_the_token_is_in_the_variable_that_the_configuration_names() -> None:
    ours, theirs = ("".join(made(ci, kind="keycloak").values()) for ci in ("github", "gitlab"))

    assert ("PORTAL_TOKEN" in ours, "PORTAL_TOKEN" in theirs) == (False, False)
    assert "PORTAL_SECRET: ${{ secrets.PORTAL_SECRET }}" in ours


def test_a_tag_needs_no_comment_with_the_version() -> None:
    text = made("github", Source(SOURCE.url, "v0.1.0", "0.1.0"))[".github/workflows/plan.yml"]

    assert "        uses: our-company/reconciler@v0.1.0\n" in text


def test_the_pipeline_of_gitlab_differs_in_its_variables_only() -> None:
    before, after = PIPELINE.read_text().splitlines(), made("gitlab")[".gitlab-ci.yml"].splitlines()
    changed = [row for row, old in zip(after, before, strict=True) if row != old]

    assert [row.strip() for row in changed] == [
        'RECONCILER_REPOSITORY: "https://github.com/our-company/reconciler"',
        f'RECONCILER_COMMIT: "{COMMIT}" # v0.1.0',
    ]


def test_a_database_on_the_machine_of_a_job_is_not_used_by_pipelines() -> None:
    text = made("gitlab", kind="embedded")[".gitlab-ci.yml"]

    assert yaml.safe_load(text)["variables"]["RECONCILER_PORTAL"] == ""


def test_an_address_that_github_cannot_use_as_an_action_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be used as an action of GitHub"):
        made("github", Source("https://git.example/a/b/c", COMMIT, "0.1.0"))


def test_linters_find_nothing_in_what_is_written(tmp_path: Path) -> None:
    if not (ZIZMOR.is_file() and VALIDATOR.is_file()):
        pytest.skip("zizmor and check-jsonschema are not installed")
    for path, text in {**made("github"), **made("gitlab")}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    commands: list[list[str | Path]] = [
        [ZIZMOR, "--offline", "--no-progress", "--strict-collection", ".github"],
        [
            VALIDATOR,
            "--builtin-schema=vendor.github-workflows",
            *sorted(tmp_path.glob(".git[he]*/workflows/*.yml")),
        ],
        [VALIDATOR, "--builtin-schema=vendor.gitlab-ci", "--data-transform=gitlab-ci", ".gitlab-ci.yml"],
    ]
    for command in commands:
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout


def test_pre_commit_gets_all_hooks_of_this_version() -> None:
    hooks = [each["id"] for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    text = pre_commit_file(SOURCE)[".pre-commit-config.yaml"]

    assert yaml.safe_load(text) == {
        "repos": [{"repo": SOURCE.url, "rev": COMMIT, "hooks": [{"id": hook} for hook in hooks]}]
    }
    assert f"rev: {COMMIT} # frozen: v0.1.0\n" in text


def test_an_editor_knows_the_schema_of_each_path() -> None:
    paths: dict[str, tuple[KindName, ...]] = {
        "partners": ("Partner",),
        "groups/": ("AccessGroup", "ApiProduct"),
        "apis.yml": ("Catalog",),
    }
    written = editor_files(paths, "reconciler.yaml")

    assert json.loads(written[".vscode/settings.json"])["yaml.schemas"] == {
        "schemas/access-group.schema.json": ["groups/**/*.yaml"],
        "schemas/api-product.schema.json": ["groups/**/*.yaml"],
        "schemas/catalog.schema.json": ["apis.yml"],
        "schemas/configuration.schema.json": ["reconciler.yaml"],
        "schemas/partner.schema.json": ["partners/**/*.yaml"],
    }
