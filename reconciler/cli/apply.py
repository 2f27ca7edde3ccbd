"""`reconciler apply`: make the portal what the files, or a saved plan, say."""

from pathlib import Path

import click

from reconciler import workflow
from reconciler.cli import clock, edge, options, planning, printing, streams
from reconciler.cli.command import Command
from reconciler.cli.keeping import Record
from reconciler.cli.planning import Asked
from reconciler.cli.progress import Watch
from reconciler.cli.signals import stopping
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.stop import Stop
from reconciler.render import text


@click.command(
    cls=Command,
    examples=[
        ("reconciler apply", "plan, show, ask, apply"),
        ("reconciler apply plan.json", "just that plan, without asking"),
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
    the portal moved since.
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
    if base is not None:
        raise click.UsageError("--base plans by itself: leave the plan out.")
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
            path, document, asked.portal, edge.secret, checked.repository
        ) as portal:
            found = await planning.plan(asked, path, checked, portal)
            if found.plan is None:
                return planning.refused(asked, checked, found)
            return await _show_and_write(asked, record, document, found.plan, portal)

    return edge.loop(work())


async def _show_and_write(
    asked: Asked, record: Record, document: Document, made: Plan, portal: Portal
) -> int:
    if asked.output_format == "text":
        printing.plan(made, "text")
    elif not asked.auto_approve:
        # Who is asked must see what for; stdout is the receipt's.
        streams.say(text.plan(made, color=False), end="")
    workflow.require_applicable(made, asked.allow)
    if asked.approved is not None:
        workflow.require_approved(made, asked.approved)
        if not made.changes:
            streams.say("Nothing is left to do: a plan without changes needs no approval.")
    if made.changes:
        _approve(made, asked)
    elif asked.output_format == "text":
        return 0
    return await _write(asked, record, document, made, portal)


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
    path = edge.configuration(asked.config)
    document = _counting(path, made)
    name, record = asked.portal or made.portal, Record(path.parent)

    async def work() -> int:
        async with workflow.open_portal(path, document, name, edge.secret) as portal:
            return await _write(asked, record, document, made, portal)

    return edge.loop(work())


def _counting(path: Path, made: Plan) -> Document:
    """Return the configuration that counts: a branch's plan is let through, and sent, by its base's."""
    if made.source.base is None:
        return workflow.read_configuration(path)
    from reconciler.cli.git.base_checkout import configuration_at  # noqa: PLC0415  only here

    return configuration_at(path, made.source.base)


async def _write(asked: Asked, record: Record, document: Document, made: Plan, portal: Portal) -> int:
    watch, stop = Watch(), Stop()
    record.explain_earlier()
    terms = workflow.Terms(
        today=edge.today(asked.day),
        now=clock.now,
        progress=watch,
        allow=asked.allow,
        owner=edge.who(made.scope),
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
