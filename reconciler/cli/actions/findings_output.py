"""Print findings to stdout in the chosen format."""

from collections.abc import Sequence
from typing import Final

from reconciler.cli.console import colored, log, print_document, print_wrapped
from reconciler.model.counting import counted
from reconciler.model.finding import Finding
from reconciler.render import text
from reconciler.workflow.validate import ValidationResult

# In these formats, a plan is shown by its findings.
FORGES: Final = ("github", "gitlab", "sarif")


def print_findings(
    checked: ValidationResult, output_format: str, config: str | None = None, about: str = "validate"
) -> None:
    """Print the findings of the files.

    `config` is the value of --config. `about` is the name of the analysis, which is unique for a forge.
    """
    files, documents = counts(checked)
    found = checked.findings
    if output_format in FORGES:
        print_for_forge(found, output_format, config, about)
    elif output_format == "json":
        from reconciler.render import json_format  # noqa: PLC0415  only here

        print_document(json_format.findings(found, files, documents))
    elif output_format in {"markdown", "html"}:
        from reconciler.cli.ci import repository_paths  # noqa: PLC0415  only here
        from reconciler.render import markdown, table_html  # noqa: PLC0415  the same

        render = markdown.findings if output_format == "markdown" else table_html.findings
        print_document(render(found, files=files, documents=documents, link=repository_paths.here(config)))
    else:
        print_wrapped(text.findings(found, color=colored(), files=files, documents=documents))


def counts(checked: ValidationResult) -> tuple[int, int]:
    """Return how many files and documents were read, including the configuration."""
    repository = checked.repository
    return (repository.files + 1, len(repository.documents) + 1) if repository else (1, 0)


def print_for_forge(found: Sequence[Finding], output_format: str, config: str | None, about: str) -> None:
    """Print findings for a forge or its code scanning; `about` is the name of the analysis."""
    from reconciler.cli.ci import repository_paths  # noqa: PLC0415  only here

    at = repository_paths.configuration(config)
    if output_format == "github":
        from reconciler.render import github_annotations  # noqa: PLC0415  only here

        print_document(github_annotations.findings(found, at))
    elif output_format == "gitlab":
        from reconciler.render import gitlab_code_quality  # noqa: PLC0415  only here

        print_document(gitlab_code_quality.findings(found, at))
    else:
        _to_code_scanning(found, at, about)


def _to_code_scanning(found: Sequence[Finding], at: str, about: str) -> None:
    from reconciler.cli.actions import rule_docs  # noqa: PLC0415  only here
    from reconciler.render import sarif  # noqa: PLC0415  only here

    rules, documents = rule_docs.rules(), rule_docs.documents()
    print_document(sarif.findings(found, at, about=about, rules=rules, documents=documents))
    if len(found) > sarif.MAX_RESULTS:
        log(f"SARIF output has the {sarif.MAX_RESULTS:,} most severe of {counted(len(found), 'finding')}.")
