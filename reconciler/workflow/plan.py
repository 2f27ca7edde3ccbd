"""Plan: what leads from what the portal holds to what the files ask for, and what it does to people."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from reconciler import __version__
from reconciler.errors import InputError, PortalError
from reconciler.model.access import Impact
from reconciler.model.base import Base
from reconciler.model.document import Repository
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.size import size
from reconciler.model.kinds import person_of
from reconciler.model.plan import (
    FILES,
    Change,
    Drift,
    FileChange,
    Plan,
    PlanSource,
    Summary,
    effects_digest,
    with_digests,
)
from reconciler.model.portal import Portal, Progress
from reconciler.model.resource import Desired, Live, Resource
from reconciler.model.rule import denials, file_errors
from reconciler.model.timestamps import stamp
from reconciler.workflow.apply_guard import keeps_denying, losses, reaching
from reconciler.workflow.catalog import as_offered, catalogued
from reconciler.workflow.known_findings import in_base, judged_as
from reconciler.workflow.live_state import read_live
from reconciler.workflow.plan_options import PlanOptions, difference, select_changes
from reconciler.workflow.projection import projected
from reconciler.workflow.validate import ValidationResult, exit_code, settings

if TYPE_CHECKING:
    from reconciler.diff import Difference
    from reconciler.policy import RuleContext


class Planned(msgspec.Struct, frozen=True):
    """A plan and what it was made from, or why there is none: then `plan` is None.

    In that case the findings hold errors of the files.
    """

    plan: Plan | None
    findings: tuple[Finding, ...]
    desired: Desired | None = None


async def plan(checked: ValidationResult, portal: Portal, wish: PlanOptions, progress: Progress) -> Planned:
    """Read the portal and plan what leads to what the files ask for; with a base, what they add to it.

    Raises PortalError, and PlanError where what they add needs something that is only drift.
    """
    from reconciler.desired import build_desired_state  # noqa: PLC0415  start-up counts

    repository = checked.repository
    if repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    with quiet_collector():
        desired = build_desired_state(repository, checked.today)
        live = await read_live(portal, desired.scope, progress)
        wish = msgspec.structs.replace(wish, capabilities=portal.capabilities)
        return _planned(checked, repository, desired, live, wish)


def plan_files(checked: ValidationResult, wish: PlanOptions) -> Planned:
    """Plan what the files add to those of their base, as if a portal held just these; no network, no secrets.

    No portal takes such a plan. For a bootstrap whose base cannot be read, all that the files say is new.
    Raises InputError where there is no base.
    """
    from reconciler.desired import build_desired_state  # noqa: PLC0415  start-up counts

    repository, base = checked.repository, checked.base
    if repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    if base is None or (base.repository is None and not base.bootstrap):
        raise InputError(base.problem if base else "there is no base to compare with", "name one with --base")
    with quiet_collector():
        desired = build_desired_state(repository, checked.today)
        held = (
            build_desired_state(base.repository, checked.today).resources.values() if base.repository else ()
        )
        resources = {each.id: _as_held(each, desired.scope) for each in held}
        live = Live(FILES, resources, catalogued(repository))
        return _planned(checked, repository, desired, live, wish)


def _as_held(wanted: Resource, scope: str) -> Resource:
    """Return what a portal holds where nobody but the files asked for anything."""
    state = "active" if wanted.kind == "membership" else None
    return Resource(wanted.id, wanted.fields, scope if wanted.mark else None, state)


def plan_exit_code(made: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 5 incomplete, 3 denied, 2 changes when asked for, else 0."""
    if not made.complete:
        return PortalError.exit_code
    return exit_code(made.findings) or (2 if detailed and made.changes else 0)


def _planned(
    checked: ValidationResult, repository: Repository, desired: Desired, live: Live, wish: PlanOptions
) -> Planned:
    from reconciler.access import impact  # noqa: PLC0415  start-up counts
    from reconciler.order import order  # noqa: PLC0415
    from reconciler.policy import RuleContext, approvals, judge, risks  # noqa: PLC0415

    projection = projected(desired, repository.configuration, wish.portal, wish.capabilities, live)
    found, drifted = difference(checked, projection.desired, live, wish)
    repository, changed = _as_portal_says(checked, repository, live)
    delta = Delta(live.resources, select_changes(found.changes, wish))
    drift = Delta(live.resources, drifted)
    if excess := _excess(delta, drift):
        return Planned(None, tuple(in_order([*checked.findings, excess])))
    ordered = order(delta, checked.today)
    world = _world(
        RuleContext(
            repository,
            checked.today,
            projection.defined,
            live,
            ordered.changes,
            passing=ordered.transient,
            file_changes=changed,
        ),
        wish,
        delta,
    )
    since = RuleContext(repository, checked.today)
    new = judge(world, since=since)
    if repository is not checked.repository:
        new += judge(since)
    new += projection.findings
    new = in_base(new, _base_findings(checked, repository, live, wish)) if new else new
    known = set(checked.findings)
    new = [each for each in new if each not in known]
    findings = tuple(
        in_order([*checked.findings, *new, *projection.notes, *found.findings, *_full(checked.base)])
    )
    if file_errors(findings):
        return Planned(None, findings)
    if wish.only_expired:
        # No rule denies that what has ended is taken away, and the guard only where it had not ended yet.
        lifted = {each for each in denials(findings) if not keeps_denying(each, wish.capabilities)}
        findings = tuple(finding for finding in findings if finding not in lifted)
    made = Plan(
        reconciler=__version__,
        portal=wish.portal,
        portal_id=live.portal_id,
        scope=desired.scope,
        created=stamp(wish.now),
        today=checked.today,
        source=PlanSource(commit=wish.commit, base=_compared(checked.base), digest=repository.digest),
        complete=live.complete,
        summary=_summary(found, drifted, world),
        changes=ordered.changes,
        access=world.impact or Impact(),
        unlisted=_unlisted(world),
        drift=Drift(drifted, impact(drift, checked.today)) if drifted else Drift(),
        file_changes=changed,
        risks=risks(world, findings),
        approvals=approvals(world),
        findings=findings,
        allowed=world.allowed,
        digest=world.digest,
    )
    return Planned(with_digests(made), findings, projection.desired)


def _excess(*deltas: Delta) -> Finding | None:
    """Return the finding that there are more paths to APIs than can be compared, if there are."""
    states = (state for each in deltas if each.changes for state in (each.before, each.after))
    problem = next((said for state in states if (said := size(state).problem)), None)
    if problem is None:
        return None
    hint = "grant fewer groups, or let groups and products hold fewer APIs"
    return Finding.at(None, "too-many-paths", f"{problem}, with what the portal holds", hint)


def _base_findings(
    checked: ValidationResult, repository: Repository, live: Live, wish: PlanOptions
) -> list[Finding]:
    """Return what is found in the base's files beside the same portal; nothing without a base."""
    from reconciler.desired import build_desired_state  # noqa: PLC0415  start-up counts
    from reconciler.policy import RuleContext, judge  # noqa: PLC0415

    if checked.base is None or checked.base.repository is None:
        return []
    before = judged_as(checked.base.repository, repository.configuration)
    desired = build_desired_state(before, checked.today)
    projection = projected(desired, before.configuration, wish.portal, wish.capabilities, live)
    context = RuleContext(before, checked.today, projection.defined, live, capabilities=wish.capabilities)
    return [*judge(context), *projection.findings]


def _as_portal_says(
    checked: ValidationResult, repository: Repository, live: Live
) -> tuple[Repository, tuple[FileChange, ...]]:
    """Return what is judged, and what changes in files alone: of a new API, the portal says whose it is."""
    if checked.base is None or checked.base.repository is None:
        return repository, checked.file_changes
    before, written = catalogued(checked.base.repository), catalogued(repository)
    new = {name: api for name, api in live.apis.items() if name in written and name not in before}
    told = [
        FileChange(about=f"api/{name}", path=path, before=known, after=said)
        for name, api in sorted(new.items())
        for path, known, said in (
            ("owner", api.owner or written[name].owner, written[name].owner),
            ("visibility", api.visibility, written[name].visibility),
        )
        if known != said
    ]
    if not told:
        return repository, checked.file_changes
    return as_offered(repository, new), (*checked.file_changes, *told)


def _compared(base: Base | None) -> str | None:
    """Return the commit that the plan is compared with, or None where it is a full one."""
    return base.commit if base and base.repository else None


def _full(base: Base | None) -> Iterator[Finding]:
    """Yield a warning where there is nothing to compare with: then all that differs is planned."""
    if base is not None and base.repository is None:
        said = f"{base.problem}: all that differs is planned, not only what this branch changes"
        yield Finding.at(None, "full-plan", said, f"mend {base.ref} first", severity=Severity.WARNING)


def _world(compared: "RuleContext", wish: PlanOptions, delta: Delta) -> "RuleContext":
    """Return the world with what the changes do to people, and whether the guard lets them through."""
    from reconciler.access import impact  # noqa: PLC0415  start-up counts

    live, desired, changes, today = compared.live, compared.desired, compared.changes or (), compared.today
    assert live is not None  # noqa: S101  it was read
    assert desired is not None  # noqa: S101  it was made
    configuration = compared.repository.configuration
    people = losses(delta, today, configuration)
    digest = effects_digest(live.portal_id, desired.scope, tuple(changes))
    guard = settings(configuration).spec.guard
    return msgspec.structs.replace(
        compared,
        impact=impact(delta, today),
        losing=people,
        reaching=reaching(people, live, today, configuration),
        digest=digest,
        allowed=digest in {*guard.allow, *wish.allow},
        capabilities=wish.capabilities,
    )


def _unlisted(world: "RuleContext") -> tuple[str, ...]:
    """Return who gains or loses access and stands in no file."""
    effect = world.impact or Impact()
    people = {person for row in (*effect.gained, *effect.lost) for person in row.people}
    if not people or world.desired is None:
        return ()
    asked = (world.desired.resources, world.desired.because, [change.id for change in world.changes or ()])
    for resource_id in chain.from_iterable(asked):
        if resource_id.startswith("membership/") or "/developer/" in resource_id:
            people.discard(person_of(resource_id))
    return tuple(sorted(people))


def _summary(difference: "Difference", drifted: tuple[Change, ...], world: "RuleContext") -> Summary:
    from reconciler.access import people  # noqa: PLC0415  start-up counts

    effect = world.impact or Impact()
    return Summary(
        **_counts(world.changes or ()),
        unchanged=difference.unchanged,
        unmanaged=difference.unmanaged,
        drift=len(drifted),
        people_gaining=people(effect.gained),
        people_losing=people(effect.lost),
    )


def _counts(changes: Iterable[Change]) -> dict[str, int]:
    counts = dict.fromkeys(("create", "update", "delete", "adopt"), 0)
    for change in changes:
        counts[change.action] += 1
    return counts
