"""`reconciler plan`: what would change, and who gains and who loses access."""

import sys

import click

from reconciler.cli import options, runtime
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler plan", "read it"),
        ("reconciler plan --out plan.json", "save it, for apply and show"),
        ("reconciler plan --format json | jq .access", "hand it to a script"),
        ("reconciler plan --base origin/main --format markdown", "for the pull request that makes it"),
        ("reconciler plan --base main --files-only", "what a branch says, without a portal"),
        ("reconciler plan --today 2027-12-31", "what a day brings"),
    ],
)
@click.option("--out", metavar="FILE", type=click.Path(), help="Save the plan, for `reconciler apply FILE`.")
@click.option(
    "--files-only",
    is_flag=True,
    help="Compare with the base's files instead of the portal: no network, no secret, nothing to apply.",
)
@click.option("--detailed-exitcode", is_flag=True, help="End with 2 when there are changes.")
@options.together(
    options.base,
    options.bootstrap,
    options.allow,
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    options.people,
    *options.everywhere,
)
def plan(  # noqa: PLR0913, PLR0917  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    out: str | None,
    base: str | None,
    people: str,
    allowed: tuple[str, ...],
    *,
    files_only: bool,
    bootstrap: bool,
    detailed_exitcode: bool,
) -> int:
    """Show what would change in the portal, and who gains and who loses access. Changes nothing.

    Ends with 3 when a rule or the guard denies the plan, with 5 when the portal cannot be read.
    """
    from reconciler import workflow  # noqa: PLC0415  help needs none of it
    from reconciler.cli import output, plan_steps  # noqa: PLC0415
    from reconciler.cli.plan_steps import CommandOptions  # noqa: PLC0415
    from reconciler.cli.storage.out_file import OutFile  # noqa: PLC0415
    from reconciler.model.portal import Portal  # noqa: PLC0415

    # First of all: whatever goes wrong from here on, no older plan is left for the next command to take.
    saved = OutFile(out, config) if out is not None else None
    asked = CommandOptions(
        config=config,
        portal=portal_name,
        day=day,
        output_format=output_format,
        base=base,
        bootstrap=bootstrap,
        allow=allowed,
    )
    if files_only and base is None:
        raise click.UsageError("--files-only compares with what --base names.")
    if bootstrap and not files_only:
        raise click.UsageError(
            "--bootstrap needs --files-only: without a governing configuration, no portal is used."
        )
    path, checked = plan_steps.check(asked)
    if plan_steps.stopped_by_files(asked, checked):
        return 1
    document = plan_steps.configuration(checked)

    async def work() -> workflow.Planned:
        if files_only:
            # No portal is asked, so none has to be there.
            named = portal_name or workflow.settings(document).spec.default_portal or "files"
            return workflow.plan_files(checked, plan_steps.plan_options(asked, path, document, named))
        portal: Portal
        async with workflow.open_portal(
            path, document, portal_name, plan_steps.trust(path, checked), checked.repository
        ) as portal:
            return await plan_steps.plan(asked, path, checked, portal)

    found = runtime.run_async(work())
    if found.plan is None:
        return plan_steps.refused(asked, checked, found)
    if saved is not None:
        from reconciler.cli import console  # noqa: PLC0415  help needs none of it
        from reconciler.model.printable import printable  # noqa: PLC0415  the same
        from reconciler.render import json_format  # noqa: PLC0415  the same

        saved.write(json_format.plan(found.plan).encode())
        if console.is_terminal(sys.stderr):
            console.say(f"Saved in {printable(str(out))}; its digest is {found.plan.digest}")
    output.plan(found.plan, output_format, config, people)
    return workflow.plan_exit_code(found.plan, detailed=detailed_exitcode)
