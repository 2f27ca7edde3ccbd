"""`reconciler apply`: make the portal what the files, or a saved plan, say."""

from asyncio import CancelledError
from pathlib import Path

import click
import msgspec

from reconciler import workflow
from reconciler.cli import edge, options, planning, printing, streams
from reconciler.cli.command import Command
from reconciler.cli.planning import Asked
from reconciler.cli.progress import Watch
from reconciler.errors import IncompleteError, InputError, ReconcilerError
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt
from reconciler.model.visible import visible
from reconciler.render import machine, text


@click.command(
    cls=Command,
    examples=[
        ("reconciler apply", "plan, show, ask, apply"),
        ("reconciler apply plan.json", "just that plan, without asking"),
        ("reconciler apply --only-expired --auto-approve", "every night: end what has ended"),
    ],
)
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path())
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--only-expired", is_flag=True, help="Only take away what has ended by its date.")
@options.together(
    options.allow,
    options.config,
    options.portal,
    options.today,
    options.formats("text", "json"),
    *options.everywhere,
)
def apply(  # noqa: PLR0913  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    saved: str | None,
    allowed: tuple[str, ...],
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
        only_expired=only_expired,
        allow=allowed,
    )
    if saved is None:
        return plan_and_write(asked, auto_approve=auto_approve)
    if only_expired:
        raise click.UsageError("--only-expired plans by itself: leave the plan out.")
    return _apply_saved(asked, saved)


def plan_and_write(asked: Asked, *, auto_approve: bool) -> int:
    """Plan, show the plan, ask, and apply it; in JSON only the receipt is printed."""
    path, checked = planning.check(asked)
    if planning.stopped_by_files(asked, checked):
        return InputError.exit_code
    document = planning.configuration(checked)

    async def work() -> int:
        async with workflow.open_portal(
            path, document, asked.portal, edge.secret, checked.repository
        ) as portal:
            found = await planning.plan(asked, path, checked, portal)
            if found.plan is None:
                return planning.refused(asked, checked, found)
            return await _show_and_write(asked, path, found.plan, portal, auto_approve=auto_approve)

    return edge.loop(work())


async def _show_and_write(asked: Asked, path: Path, made: Plan, portal: Portal, *, auto_approve: bool) -> int:
    if asked.output_format == "text":
        printing.plan(made, "text")
    elif not auto_approve:
        # Who is asked must see what for; stdout is the receipt's.
        streams.say(text.plan(made, color=False, width=streams.width()), end="")
    workflow.require_applicable(made, asked.allow)
    if made.changes:
        _approve(made, auto_approve=auto_approve)
    elif asked.output_format == "text":
        return 0
    return await _write(asked, path, made, portal)


def _approve(made: Plan, *, auto_approve: bool) -> None:
    """Ask whether to go on. Raises InputError when the answer is no, or when there is nobody to ask."""
    if auto_approve:
        return
    streams.require_terminal("--auto-approve applies without asking, and so does a saved plan")
    number = len(made.changes)
    question = f"Apply {number:,} change{'s' if number != 1 else ''} to {made.portal}?"
    if not streams.confirmed(question):
        raise InputError("not approved: nothing was written")


def _apply_saved(asked: Asked, saved: str) -> int:
    made = planning.saved(saved)
    path = edge.configuration(asked.config)
    document = workflow.read_configuration(path)
    name = asked.portal or made.portal
    let_through = workflow.settings(document).spec.guard.allow
    asked = msgspec.structs.replace(asked, allow=(*asked.allow, *let_through))

    async def work() -> int:
        async with workflow.open_portal(path, document, name, edge.secret) as portal:
            return await _write(asked, path, made, portal)

    return edge.loop(work())


async def _write(asked: Asked, path: Path, made: Plan, portal: Portal) -> int:
    watch = Watch()
    try:
        receipt = await workflow.apply(
            made, portal, edge.today(asked.day), edge.now, watch, allow=asked.allow
        )
    except CancelledError as interrupted:
        raise IncompleteError(
            "interrupted: some of it may be written", "plan again: it holds what is left"
        ) from interrupted
    finally:
        watch.done()
    kept = _keep(path, receipt)
    printing.receipt(receipt, asked.output_format)
    if kept is not None:
        streams.say(f"Receipt: {visible(str(kept))}")
    workflow.require_complete(receipt)
    return 0


def _keep(path: Path, receipt: Receipt) -> Path | None:
    """Keep the receipt beside the configuration; what was done is printed even when that fails."""
    name = f"{receipt.started.replace(':', '')}-{receipt.plan.removeprefix('sha256:')[:12]}.json"
    place = path.parent / ".reconciler" / "receipts" / name
    try:
        edge.write(place, machine.receipt(receipt).encode())
    except ReconcilerError as error:
        streams.say(f"Warning: the receipt is not kept: {visible(error.message)}")
        return None
    return place
