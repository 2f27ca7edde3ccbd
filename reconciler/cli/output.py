"""Printing nouns in the format that was chosen: results go to stdout."""

from collections.abc import Sequence
from typing import Final

from reconciler.cli.console import colored, say, shown, write
from reconciler.cli.git import repository_paths
from reconciler.model.access import AccessReport
from reconciler.model.finding import Finding
from reconciler.model.forecast import Forecast
from reconciler.model.inventory import Inventory
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.render import json_format, text
from reconciler.workflow import ValidationResult

# Of a plan, forges are shown the findings.
_FORGES: Final = ("github", "gitlab", "sarif")


def findings(
    checked: ValidationResult, output_format: str, config: str | None = None, about: str = "validate"
) -> None:
    """Print what the files were found to be.

    `config` is what --config says; `about` names the analysis among others that a forge keeps side by side.
    """
    files, documents = counts(checked)
    found = checked.findings
    if output_format in _FORGES:
        _to_forge(found, output_format, config, about)
    elif output_format == "json":
        write(json_format.findings(found, files, documents))
    elif output_format in {"markdown", "html"}:
        from reconciler.render import markdown, table_html  # noqa: PLC0415  only here

        render = markdown.findings if output_format == "markdown" else table_html.findings
        write(render(found, files=files, documents=documents, link=repository_paths.here(config)))
    else:
        shown(text.findings(found, color=colored(), files=files, documents=documents))


def counts(checked: ValidationResult) -> tuple[int, int]:
    """Return how many files and documents were read, the configuration among them."""
    repository = checked.repository
    return (repository.files + 1, len(repository.documents) + 1) if repository else (1, 0)


def plan(made: Plan, output_format: str, config: str | None = None, people: str = "counts") -> None:
    """Print a plan, or for a forge its findings; `config` and `people` are what these options say."""
    if output_format in _FORGES:
        _to_forge(made.findings, output_format, config, about(made.portal))
    elif output_format in {"markdown", "html"}:
        from reconciler.render import html, markdown  # noqa: PLC0415  only here

        link = repository_paths.link(made.source.commit, repository_paths.configuration(config))
        if output_format == "markdown":
            write(markdown.plan(made, link=link, names=people == "names"))
        else:
            write(html.plan(made, link=link))
    elif output_format == "json":
        write(json_format.plan(made))
    else:
        shown(text.plan(made, color=colored()))


def parts(made: Plan, folder: str, people: str) -> None:
    """Write all of a plan as Markdown, in parts, into a folder. Raises InputError."""
    from reconciler.cli.storage.out_file import OutFile  # noqa: PLC0415  only here
    from reconciler.render import markdown  # noqa: PLC0415  only here

    link = repository_paths.link(made.source.commit, repository_paths.configuration(None))
    for number, part in enumerate(markdown.parts(made, link=link, names=people == "names"), 1):
        OutFile(f"{folder}/plan-{number}.md", None).write(part.encode())


def about(portal: str | None) -> str:
    """Return the name of the analysis that plans for a portal; None where no portal could be chosen."""
    return f"plan/{portal}" if portal else "plan"


def receipt(written: Receipt, output_format: str, *, whole: bool = False) -> None:
    """Print a receipt; `whole` says all of it to people, too."""
    if output_format == "markdown":
        from reconciler.render import markdown  # noqa: PLC0415  only here

        write(markdown.receipt(written))
        return
    if output_format == "json":
        write(json_format.receipt(written))
    else:
        shown(text.receipt(written, color=colored(), whole=whole))


def access(report: AccessReport, output_format: str, people: str) -> None:
    """Print who reaches what; `people` is what this option says."""
    from reconciler.render import markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        write(json_format.access(report))
    elif output_format == "csv":
        write(table_csv.access(report))
    elif output_format == "markdown":
        write(markdown.access(report, names=people == "names"))
    else:
        shown(text.access(report, color=colored()))


def forecast(made: Forecast, output_format: str, people: str) -> None:
    """Print who loses access on which day; `people` is what this option says."""
    from reconciler.render import calendar, markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        write(json_format.forecast(made))
    elif output_format == "csv":
        write(table_csv.forecast(made))
    elif output_format == "markdown":
        write(markdown.forecast(made, names=people == "names"))
    elif output_format == "ics":
        write(calendar.forecast(made))
    else:
        shown(text.forecast(made, color=colored()))


def inventory(found: Inventory, output_format: str) -> None:
    """Print partners, teams, people, groups or APIs."""
    from reconciler.render import markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        write(json_format.inventory(found))
    elif output_format == "csv":
        write(table_csv.inventory(found))
    elif output_format == "markdown":
        write(markdown.inventory(found))
    else:
        shown(text.inventory(found, color=colored()))


def _to_forge(found: Sequence[Finding], output_format: str, config: str | None, about: str) -> None:
    at = repository_paths.configuration(config)
    if output_format == "github":
        from reconciler.render import github_annotations  # noqa: PLC0415  only here

        write(github_annotations.findings(found, at))
    elif output_format == "gitlab":
        from reconciler.render import gitlab_code_quality  # noqa: PLC0415  only here

        write(gitlab_code_quality.findings(found, at))
    else:
        _to_code_scanning(found, at, about)


def _to_code_scanning(found: Sequence[Finding], at: str, about: str) -> None:
    from reconciler.cli import rule_docs  # noqa: PLC0415  only here
    from reconciler.render import sarif  # noqa: PLC0415  only here

    rules, documents = rule_docs.rules(), rule_docs.documents()
    write(sarif.findings(found, at, about=about, rules=rules, documents=documents))
    if len(found) > sarif.MAX_RESULTS:
        say(f"SARIF holds the {sarif.MAX_RESULTS:,} most severe of {len(found):,} findings.")
