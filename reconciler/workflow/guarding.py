"""The guard once more: a plan is held against what its apply reads, which may be less than it was."""

from collections.abc import Collection

from reconciler.model.access import Impact
from reconciler.model.document import Document, Repository
from reconciler.model.finding import Finding
from reconciler.model.graph.shift import Shift
from reconciler.model.plan import Plan
from reconciler.model.resource import Desired, Live
from reconciler.model.rule import denials
from reconciler.workflow.checking import settings


def guard(plan: Plan, live: Live, configuration: Document, allow: Collection[str]) -> list[Finding]:
    """Return what denies a plan now; nothing for one that somebody let through by its digest.

    That what has ended is taken away is denied by nobody.
    """
    if plan.digest in allow or all(change.because == "expired" for change in plan.changes):
        return []
    from reconciler.access import impact  # noqa: PLC0415  start-up counts
    from reconciler.policy import World, judge_guard  # noqa: PLC0415

    effect = impact(Shift(live.resources, plan.changes), plan.today)
    world = World(
        Repository(configuration, ()),
        plan.today,
        _nothing(plan),
        live,
        plan.changes,
        effect,
        reaching=reaching(effect, live, plan.today, configuration),
        digest=plan.digest,
    )
    return denials(judge_guard(world))


def _nothing(plan: Plan) -> Desired:
    """Return what files that nobody read ask for; the guard needs no more of it than whose it is."""
    nobody: frozenset[str] = frozenset()
    return Desired(plan.scope, plan.today, {}, {}, {}, {}, nobody, nobody, nobody)


def reaching(effect: Impact, live: Live, today: str, configuration: Document) -> int:
    """Count the people who reach anything in a portal; 0 where so few lose access that nobody asks."""
    from reconciler.access import people, report  # noqa: PLC0415  start-up counts

    if people(effect.lost) <= settings(configuration).spec.guard.people_losing.count:
        return 0
    return len({row.person for row in report(live.resources, live.apis, today, source="portal").rows})
