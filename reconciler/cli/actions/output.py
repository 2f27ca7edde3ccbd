"""Print results to stdout in the chosen format."""

import sys

from reconciler.cli.actions.findings_output import FORGES, print_for_forge
from reconciler.cli.ci import repository_paths
from reconciler.cli.console import colored, is_terminal, log, print_document, print_wrapped
from reconciler.cli.storage.out_file import PartFile
from reconciler.model.access import AccessReport
from reconciler.model.forecast import Forecast
from reconciler.model.health import HealthReport
from reconciler.model.inventory import Inventory
from reconciler.model.people_pull import PeoplePull
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal_results import AccessReports, Plans, Receipts
from reconciler.model.receipt import Receipt
from reconciler.render import json_format, text


def plan(made: Plan, output_format: str, config: str | None = None, people: str = "counts") -> None:
    """Print a plan, or for a forge its findings; `config` and `people` are the values of these options."""
    if output_format in FORGES:
        print_for_forge(made.findings, output_format, config, analysis(made.portal))
    elif output_format in {"markdown", "html"}:
        from reconciler.render import html, markdown  # noqa: PLC0415  only here

        link = repository_paths.link(made.source.commit, repository_paths.configuration(config))
        if output_format == "markdown":
            print_document(markdown.plan(made, link=link, names=people == "names"))
        else:
            print_document(html.plan(made, link=link))
    elif output_format == "json":
        print_document(json_format.plan(made))
    else:
        print_wrapped(text.plan(made, color=colored()))
        if made.changes and made.portal_id != FILES and is_terminal(sys.stderr):
            log(f"Digest, for --approved or --allow: {made.digest}")


def plans(found: Plans, output_format: str, config: str | None, people: str) -> None:
    """Print the plans of several portals; `config` and `people` are the values of these options."""
    if output_format in FORGES:
        findings_of_all = tuple(dict.fromkeys(each for made in found.plans for each in made.findings))
        print_for_forge(findings_of_all, output_format, config, analysis(",".join(found.portals)))
    elif output_format in {"markdown", "html"}:
        from reconciler.render import html, markdown  # noqa: PLC0415  only here

        commit = next((made.source.commit for made in found.plans), None)
        link = repository_paths.link(commit, repository_paths.configuration(config))
        if output_format == "markdown":
            print_document(markdown.plans(found, link=link, names=people == "names"))
        else:
            print_document(html.plans(found, link=link))
    elif output_format == "json":
        print_document(json_format.plans(found))
    else:
        print_wrapped(text.plans(found, color=colored()))
        for made in found.plans:
            if made.changes and made.portal_id != FILES and is_terminal(sys.stderr):
                log(f"Digest for {made.portal}, for --approved or --allow: {made.digest}")


def parts(made: Plan, folder: str, people: str) -> None:
    """Write all of a plan as Markdown, in parts, into a folder. Raises InputError."""
    from reconciler.render import markdown  # noqa: PLC0415  only here

    link = repository_paths.link(made.source.commit, repository_paths.configuration(None))
    for number, part in enumerate(markdown.parts(made, link=link, names=people == "names"), 1):
        PartFile(f"{folder}/plan-{number}.md", None).write(part.encode())


def analysis(portal: str | None) -> str:
    """Return the name of the analysis of a plan; `portal` is None where none could be chosen."""
    return f"plan/{portal}" if portal else "plan"


def receipt(written: Receipt, output_format: str, *, whole: bool = False) -> None:
    """Print a receipt; with `whole`, the text has every entry."""
    if output_format == "markdown":
        from reconciler.render import markdown  # noqa: PLC0415  only here

        print_document(markdown.receipt(written))
        return
    if output_format == "json":
        print_document(json_format.receipt(written))
    else:
        print_wrapped(text.receipt(written, color=colored(), whole=whole))


def receipts(found: Receipts) -> None:
    """Print the receipts of several portals as JSON."""
    print_document(json_format.receipts(found))


def access(report: AccessReport, output_format: str, people: str) -> None:
    """Print who can use which API; `people` is the value of this option."""
    from reconciler.render import markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        print_document(json_format.access(report))
    elif output_format == "csv":
        print_document(table_csv.access(report))
    elif output_format == "markdown":
        print_document(markdown.access(report, names=people == "names"))
    else:
        print_wrapped(text.access(report, color=colored()))


def access_reports(found: AccessReports, output_format: str, people: str) -> None:
    """Print who can use which API in several portals; `people` is the value of this option."""
    from reconciler.render import markdown  # noqa: PLC0415  only here

    if output_format == "json":
        print_document(json_format.access_reports(found))
    elif output_format == "markdown":
        sections = [
            f"### {markdown.code(each.portal)}\n\n{markdown.access(each.report, names=people == 'names')}"
            for each in found.reports
        ]
        failed = [f"### {markdown.code(each.portal)}\n\nNot read.\n" for each in found.failures]
        print_document("\n".join([*sections, *failed]))
    else:
        sections = [
            f"== {each.portal} ==\n\n{text.access(each.report, color=colored())}" for each in found.reports
        ]
        failed = [f"== {each.portal} ==\n\nNot read.\n" for each in found.failures]
        print_wrapped("\n".join([*sections, *failed]))


def forecast(made: Forecast, output_format: str, people: str) -> None:
    """Print who loses access on which day; `people` is the value of this option."""
    from reconciler.render import calendar, markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        print_document(json_format.forecast(made))
    elif output_format == "csv":
        print_document(table_csv.forecast(made))
    elif output_format == "markdown":
        print_document(markdown.forecast(made, names=people == "names"))
    elif output_format == "ics":
        print_document(calendar.forecast(made))
    else:
        print_wrapped(text.forecast(made, color=colored()))


def inventory(found: Inventory, output_format: str) -> None:
    """Print partners, teams, people, groups or APIs."""
    from reconciler.render import markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        print_document(json_format.inventory(found))
    elif output_format == "csv":
        print_document(table_csv.inventory(found))
    elif output_format == "markdown":
        print_document(markdown.inventory(found))
    else:
        print_wrapped(text.inventory(found, color=colored()))


def health(report: HealthReport, output_format: str) -> None:
    """Print what `reconciler doctor` found."""
    if output_format == "json":
        print_document(json_format.health(report))
    else:
        print_wrapped(text.health(report, color=colored()))


def people_pull(report: PeoplePull, output_format: str) -> None:
    """Print how `people.lock` changes, and what was not believed."""
    if output_format == "json":
        print_document(json_format.people_pull(report))
    elif output_format == "markdown":
        from reconciler.render import markdown  # noqa: PLC0415  only here

        print_document(markdown.people_pull(report))
    else:
        print_wrapped(text.people_pull(report, color=colored()))
