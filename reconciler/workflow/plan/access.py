"""The stage of a plan that works out who gains and who loses access."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import msgspec

from reconciler.access import impact
from reconciler.desired import build_desired_state
from reconciler.model.access import Impact
from reconciler.model.kinds import person_of
from reconciler.model.resource import Desired, ResourceId
from reconciler.order import Ordered
from reconciler.workflow.apply_guard import losses
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.inputs import Inputs


class AccessEffect(msgspec.Struct, frozen=True):
    """What the changes, and the drift, mean for people's access.

    `unlisted` are the people in `planned` who are not defined in any file. `losing` are those whom the guard
    counts.
    """

    planned: Impact
    drift: Impact
    unlisted: tuple[str, ...]
    losing: frozenset[str]


def assess_access(inputs: Inputs, compared: Comparison, ordered: Ordered) -> AccessEffect:
    """Return who gains and who loses access."""
    configuration = compared.repository.configuration
    planned = impact(compared.delta, inputs.today)
    return AccessEffect(
        planned,
        impact(compared.drift, inputs.today) if compared.drift.changes else Impact(),
        tuple(sorted(_unlisted(inputs, compared, ordered, planned))),
        losses(compared.delta, inputs.today, configuration),
    )


def _unlisted(inputs: Inputs, compared: Comparison, ordered: Ordered, planned: Impact) -> Collection[str]:
    """Return who gains or loses access and is not defined in any file."""
    people = {person for row in (*planned.gained, *planned.lost) for person in row.people}
    people -= _people((change.id for change in ordered.changes), people)
    people -= _people(_defined(compared.projection.defined), people)
    if people and inputs.touched is not None:
        # The other documents may define people who are in a team that the branch changes.
        people -= _people(_defined(build_desired_state(inputs.repository, inputs.today)), people)
    return people


def _defined(desired: Desired) -> Iterator[ResourceId]:
    return chain(desired.resources, desired.because)


def _people(ids: Iterable[ResourceId], among: Collection[str]) -> set[str]:
    """Return which of some people are in these ids."""
    return {person for each in ids if (person := person_of(each)) in among} if among else set()
