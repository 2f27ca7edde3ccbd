"""The stage of a plan that works out who gains and who loses access."""

from itertools import chain

import msgspec

from reconciler.access import impact
from reconciler.model.access import Impact
from reconciler.model.kinds import person_of
from reconciler.model.resource import Desired
from reconciler.order import Ordered
from reconciler.workflow.apply_guard import losses, reaching
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.inputs import Inputs


class AccessEffect(msgspec.Struct, frozen=True):
    """What the changes, and the drift, mean for people's access.

    `unlisted` are the people in `planned` who are not defined in any file. `losing` are those whom the guard
    counts, and `reaching` is how many people have any access, or 0 where the guard does not need it.
    """

    planned: Impact
    drift: Impact
    unlisted: tuple[str, ...]
    losing: frozenset[str]
    reaching: int


def assess_access(inputs: Inputs, compared: Comparison, ordered: Ordered) -> AccessEffect:
    """Return who gains and who loses access."""
    configuration = compared.repository.configuration
    planned = impact(compared.delta, inputs.today)
    losing = losses(compared.delta, inputs.today, configuration)
    return AccessEffect(
        planned,
        impact(compared.drift, inputs.today) if compared.drift.changes else Impact(),
        _unlisted(compared.projection.defined, ordered, planned),
        losing,
        reaching(losing, inputs.live, inputs.today, configuration),
    )


def _unlisted(desired: Desired, ordered: Ordered, planned: Impact) -> tuple[str, ...]:
    """Return who gains or loses access and is not defined in any file."""
    people = {person for row in (*planned.gained, *planned.lost) for person in row.people}
    if not people:
        return ()
    known = chain(desired.resources, desired.because, (change.id for change in ordered.changes))
    for resource_id in known:
        people.discard(person_of(resource_id))
    return tuple(sorted(people))
