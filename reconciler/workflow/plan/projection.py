"""The stage of a plan that leaves out what the portal cannot store."""

from reconciler.model.document import Repository
from reconciler.model.resource import Desired
from reconciler.project import Projection
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.projection import projected


def project_desired(inputs: Inputs) -> Projection:
    """Return the desired state as the portal can store it."""
    return project_for(inputs, inputs.desired, inputs.repository)


def project_for(inputs: Inputs, desired: Desired, repository: Repository) -> Projection:
    """Return any desired state as the portal can store it, with the fallbacks of a repository."""
    configuration = repository.configuration
    return projected(desired, configuration, inputs.options.portal, inputs.capabilities, inputs.live)
