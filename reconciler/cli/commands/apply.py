"""`reconciler apply`: make the portal what the files, or a saved plan, say."""

from pathlib import Path

import click
import msgspec

from reconciler import workflow
from reconciler.cli import clock, console, options, output, plan_steps, runtime
from reconciler.cli.command import Command
from reconciler.cli.plan_steps import CommandOptions
from reconciler.cli.progress import Watch
from reconciler.cli.signals import stopping
from reconciler.cli.storage.runs import Record
from reconciler.cli.trust import Trust
from reconciler.errors import InputError, PlanError
from reconciler.model.cancellation import Stop
from reconciler.model.document import Document
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal import Portal
from reconciler.model.resource import Desired
from reconciler.render import text


@click.command(
    cls=Command,
    examples=[
        ("reconciler apply", "plan, show, ask, apply"),
        ("reconciler apply plan.json", "just that plan, without asking"),
        ("reconciler apply plan.json --base origin/main", "the same, for a plan made with --base"),
        ("reconciler apply --approved sha256:9f3…", "after the merge: what was reviewed, or nothing"),
        ("reconciler apply --only-expired --auto-approve", "every night: end what has ended"),
    ],
)
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path())
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--approved",
    metavar="DIGEST",
    help="Plan again, and apply without asking if the plan has this digest.",
)
@click.option("--only-expired", is_flag=True, help="Only take away what has ended by its date.")
@options.together(
    options.base,
    options.allow,
    options.lock_timeout,
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json"),
    *options.everywhere,
)
def apply(  # noqa: PLR0913, PLR0917  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    saved: str | None,
    base: str | None,
    allowed: tuple[str, ...],
    approved: str | None,
    lock_seconds: float,
    *,
    auto_approve: bool,
    only_expired: bool,
) -> int:
    """Make the portal what the files say: plans, shows the plan, asks, and applies it.

    With PLAN, a file of `reconciler plan --out`, applies just that, without asking. It is refused when
    the portal moved since. A plan that was made with --base needs it here as well: the configuration of
    REF decides which portal is written to, and what the guard lets through.
    """
    asked = CommandOptions(
        config=config,
        portal=portal_name,
        day=day,
        output_format=output_format,
        base=base,
        only_expired=only_expired,
        allow=allowed,
        auto_approve=auto_approve,
        approved=approved,
        lock_seconds=lock_seconds,
    )
    if base is not None and only_expired:
        raise click.UsageError("--only-expired ends what has ended, whoever asked for it: leave --base out.")
    if saved is None:
        return plan_and_write(asked)
    if only_expired:
        raise click.UsageError("--only-expired plans by itself: leave the plan out.")
    if approved is not None:
        raise click.UsageError("--approved plans again: leave the plan out.")
    return _apply_saved(asked, saved)


def plan_and_write(asked: CommandOptions) -> int:
    """Plan, show the plan, ask, and apply it; in JSON only the receipt is printed."""
    path, checked = plan_steps.check(asked)
    if plan_steps.stopped_by_files(asked, checked):
        return InputError.exit_code
    document, record = plan_steps.configuration(checked), Record(path.parent)

    async def work() -> int:
        async with workflow.open_portal(
            path, document, asked.portal, plan_steps.trust(path, checked), checked.repository
        ) as portal:
            found = await plan_steps.plan(asked, path, checked, portal)
            if found.plan is None:
                return plan_steps.refused(asked, checked, found)
            _show(asked, found.plan)
            if not _is_left(asked, found.plan):
                return 0
            return await _write(asked, record, document, found.plan, portal, found.desired)

    return runtime.run_async(work())


def _show(asked: CommandOptions, made: Plan) -> None:
    if asked.output_format == "text":
        output.plan(made, "text")
    elif not asked.auto_approve:
        # Who is asked must see what for; stdout is the receipt's.
        console.say_lines(text.plan(made, color=False), end="")


def _is_left(asked: CommandOptions, made: Plan) -> bool:
    """Whether there is something to write, which was approved; without changes JSON still wants a receipt."""
    workflow.require_applicable(made, asked.allow)
    if asked.approved is not None:
        workflow.require_approved(made, asked.approved)
        if not made.changes:
            console.say("Nothing is left to do: a plan without changes needs no approval.")
    if made.changes:
        _approve(made, asked)
    return bool(made.changes) or asked.output_format != "text"


def _approve(made: Plan, asked: CommandOptions) -> None:
    """Ask whether to go on. Raises InputError when the answer is no, or when there is nobody to ask."""
    if asked.auto_approve or asked.approved is not None:
        return
    console.require_terminal("--auto-approve applies without asking, and so does a saved plan")
    number = len(made.changes)
    question = f"Apply {number:,} change{'s' if number != 1 else ''} to {made.portal}?"
    if not console.confirmed(question):
        raise InputError("not approved: nothing was written")


def _apply_saved(asked: CommandOptions, saved: str) -> int:
    made = plan_steps.saved(saved)
    # What the plan says of itself is covered by no approval, so the portal is named as it was chosen.
    made = msgspec.structs.replace(made, portal=asked.portal or made.portal)
    path = runtime.configuration(asked.config)
    document, record = _governing(asked, path, made), Record(path.parent)

    async def work() -> int:
        trust = Trust(path, reviewed=asked.base is not None)
        async with workflow.open_portal(path, document, made.portal, trust) as portal:
            return await _write(asked, record, document, made, portal)

    return runtime.run_async(work())


def _governing(asked: CommandOptions, path: Path, made: Plan) -> Document:
    """Return the configuration that governs a saved plan: that of --base, never of a commit in the plan."""
    if made.portal_id == FILES:
        message = f"the plan was made for another portal: {FILES}; it was created with --files-only"
        raise PlanError(message, "plan again, without --files-only")
    if asked.base is not None:
        from reconciler.cli.git.base_checkout import configuration_at  # noqa: PLC0415  only here

        return configuration_at(path, asked.base)
    if made.source.base is not None or any(each.rule == "full-plan" for each in made.findings):
        message = "the plan was made with --base, whose configuration governs what it may change"
        raise InputError(message, "name the same branch again: `reconciler apply PLAN --base REF`")
    return workflow.read_configuration(path)


async def _write(
    asked: CommandOptions,
    record: Record,
    document: Document,
    made: Plan,
    portal: Portal,
    desired: Desired | None = None,
) -> int:
    watch, stop = Watch(), Stop()
    record.explain_earlier()
    terms = workflow.ApplyOptions(
        today=runtime.today(asked.day),
        now=clock.now,
        progress=watch,
        allow=asked.allow,
        desired=desired,
        owner=runtime.who(made.scope),
        applied_by=runtime.applied_by(),
        lock_seconds=asked.lock_seconds,
        stop=stop,
        tell=console.say,
        journal=record.begin,
    )
    try:
        with stopping(stop):
            receipt = await workflow.apply(made, portal, document, terms)
    except BaseException:
        record.abandon()
        raise
    finally:
        watch.done()
    record.keep(receipt)
    output.receipt(receipt, asked.output_format)
    workflow.require_complete(receipt)
    return 0
