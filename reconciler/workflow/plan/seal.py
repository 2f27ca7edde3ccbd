"""The last stage of a plan: put everything together, and add the digests."""

from collections import Counter

from reconciler import __version__
from reconciler.access import people
from reconciler.model.branch_base import Base
from reconciler.model.plan import Drift, Plan, PlanSource, Summary, with_digests
from reconciler.model.timestamps import stamp
from reconciler.order import Ordered
from reconciler.policy import risks
from reconciler.workflow.plan.access import AccessEffect
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.decisions import required_approvals
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.plan.judgement import Judgement


def seal(
    inputs: Inputs, compared: Comparison, ordered: Ordered, effect: AccessEffect, judgement: Judgement
) -> Plan:
    """Return the plan with its digest and checksum."""
    context, options = judgement.context, inputs.options
    required = required_approvals(inputs, compared, context)
    return with_digests(
        Plan(
            reconciler=__version__,
            portal=options.portal,
            portal_id=inputs.live.portal_id,
            scope=inputs.desired.scope,
            created=stamp(options.now),
            today=inputs.today,
            source=PlanSource(
                commit=options.commit,
                base=_base_commit(inputs.checked.base),
                digest=compared.repository.digest,
            ),
            selection="adoptions" if options.adopts else options.selection,
            coverage=inputs.coverage,
            complete=inputs.live.complete,
            summary=_summary(compared, ordered, effect),
            changes=ordered.changes,
            access=effect.planned,
            unlisted=effect.unlisted,
            drift=Drift(compared.drift.changes, effect.drift),
            file_changes=compared.file_changes,
            risks=risks(context, judgement.findings),
            approvals=required.approvals,
            approvers=required.approvers,
            approval_mode=required.mode,
            decision_digest=required.digest,
            findings=judgement.findings,
            allowed=context.allowed,
            external_names=dict(compared.projection.names),
            digest=context.digest,
        )
    )


def _base_commit(base: Base | None) -> str | None:
    """Return the commit that the plan is compared with, or None for a full plan."""
    return base.commit if base and base.repository else None


def _summary(compared: Comparison, ordered: Ordered, effect: AccessEffect) -> Summary:
    actions = Counter(change.action for change in ordered.changes)
    return Summary(
        create=actions["create"],
        update=actions["update"],
        delete=actions["delete"],
        adopt=actions["adopt"],
        unchanged=compared.difference.unchanged,
        unmanaged=compared.difference.unmanaged,
        drift=len(compared.drift.changes),
        people_gaining=people(effect.planned.gained),
        people_losing=people(effect.planned.lost),
    )
