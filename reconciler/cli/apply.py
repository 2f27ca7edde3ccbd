"""`reconciler apply`: make the portal what the files, or a saved plan, say."""

from pathlib import Path

import click
import msgspec

from reconciler import workflow
from reconciler.cli import clock, edge, options, planning, printing, streams
from reconciler.cli.command import Command
from reconciler.cli.keeping import Record
from reconciler.cli.planning import Asked
from reconciler.cli.progress import Watch
from reconciler.cli.signals import stopping
from reconciler.cli.trust import Trust
from reconciler.errors import InputError, PlanError
from reconciler.model.document import Document
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal import Portal
from reconciler.model.resource import Desired
from reconciler.model.stop import Stop
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
    asked = Asked(
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


def plan_and_write(asked: Asked) -> int:
    """Plan, show the plan, ask, and apply it; in JSON only the receipt is printed."""
    path, checked = planning.check(asked)
    if planning.stopped_by_files(asked, checked):
        return InputError.exit_code
    document, record = planning.configuration(checked), Record(path.parent)

    async def work() -> int:
        async with workflow.open_portal(
            path, document, asked.portal, planning.trust(path, checked), checked.repository
        ) as portal:
            found = await planning.plan(asked, path, checked, portal)
            if found.plan is None:
                return planning.refused(asked, checked, found)
            _show(asked, found.plan)
            if not _is_left(asked, found.plan):
                return 0
            return await _write(asked, record, document, found.plan, portal, found.desired)

    return edge.loop(work())


def _show(asked: Asked, made: Plan) -> None:
    if asked.output_format == "text":
        printing.plan(made, "text")
    elif not asked.auto_approve:
        # Who is asked must see what for; stdout is the receipt's.
        streams.say_lines(text.plan(made, color=False), end="")


def _is_left(asked: Asked, made: Plan) -> bool:
    """Whether there is something to write, which was approved; without changes JSON still wants a receipt."""
    workflow.require_applicable(made, asked.allow)
    if asked.approved is not None:
        workflow.require_approved(made, asked.approved)
        if not made.changes:
            streams.say("Nothing is left to do: a plan without changes needs no approval.")
    if made.changes:
        _approve(made, asked)
    return bool(made.changes) or asked.output_format != "text"


def _approve(made: Plan, asked: Asked) -> None:
    """Ask whether to go on. Raises InputError when the answer is no, or when there is nobody to ask."""
    if asked.auto_approve or asked.approved is not None:
        return
    streams.require_terminal("--auto-approve applies without asking, and so does a saved plan")
    number = len(made.changes)
    question = f"Apply {number:,} change{'s' if number != 1 else ''} to {made.portal}?"
    if not streams.confirmed(question):
        raise InputError("not approved: nothing was written")


def _apply_saved(asked: Asked, saved: str) -> int:
    made = planning.saved(saved)
    # What the plan says of itself is covered by no approval, so the portal is named as it was chosen.
    made = msgspec.structs.replace(made, portal=asked.portal or made.portal)
    path = edge.configuration(asked.config)
    document, record = _governing(asked, path, made), Record(path.parent)

    async def work() -> int:
        trust = Trust(path, reviewed=asked.base is not None)
        async with workflow.open_portal(path, document, made.portal, trust) as portal:
            return await _write(asked, record, document, made, portal)

    return edge.loop(work())


def _governing(asked: Asked, path: Path, made: Plan) -> Document:
    """Return the configuration that governs a saved plan: that of --base, never of a commit in the plan."""
    if made.portal_id == FILES:
        message = f"the plan is of another portal: {FILES}; it was made with --files-only"
        raise PlanError(message, "plan again, without --files-only")
    if asked.base is not None:
        from reconciler.cli.git.base_checkout import configuration_at  # noqa: PLC0415  only here

        return configuration_at(path, asked.base)
    if made.source.base is not None or any(each.rule == "full-plan" for each in made.findings):
        message = "the plan was made with --base, whose configuration governs what it may change"
        raise InputError(message, "name the same branch again: `reconciler apply PLAN --base REF`")
    return workflow.read_configuration(path)


async def _write(
    asked: Asked,
    record: Record,
    document: Document,
    made: Plan,
    portal: Portal,
    desired: Desired | None = None,
) -> int:
    watch, stop = Watch(), Stop()
    record.explain_earlier()
    terms = workflow.Terms(
        today=edge.today(asked.day),
        now=clock.now,
        progress=watch,
        allow=asked.allow,
        desired=desired,
        owner=edge.who(made.scope),
        applied_by=edge.applied_by(),
        lock_seconds=asked.lock_seconds,
        stop=stop,
        tell=streams.say,
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
    printing.receipt(receipt, asked.output_format)
    workflow.require_complete(receipt)
    return 0
