"""The stage of a plan that compares the desired state with the live one."""

import msgspec

from reconciler.diff import Difference, branch, diff
from reconciler.model.document import Repository
from reconciler.model.finding import Finding
from reconciler.model.graph.delta import Delta, DeltaPaths
from reconciler.model.graph.size import size
from reconciler.model.plan import Change, FileChange
from reconciler.model.resource import Desired, Live, OfferedApi, ResourceId
from reconciler.project import Projection, delta_paths
from reconciler.workflow.catalog import as_offered, catalogued
from reconciler.workflow.plan.adoption import adopt
from reconciler.workflow.plan.git_only import git_only_changes
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.plan.projection import project_for


class Comparison(msgspec.Struct, frozen=True):
    """The differences between desired and live state.

    `delta` has the changes to plan, `drift` those that the plan leaves alone. `repository` holds the files as
    they are judged, `live` the live state as it is judged, and `file_changes` what a branch changes in files
    only; of these, `corrections` are what the portal contradicts. `before` is the desired state of the base,
    if there is one. Where only some changes are selected, `all_changes` has all of them, and `left_out` has
    the ids of those that are not made because of what they need.
    """

    projection: Projection
    difference: Difference
    delta: Delta
    drift: Delta
    repository: Repository
    live: Live
    file_changes: tuple[FileChange, ...]
    corrections: tuple[FileChange, ...]
    before: Desired | None
    all_changes: tuple[Change, ...] = ()
    left_out: tuple[ResourceId, ...] = ()


def compare(inputs: Inputs, projection: Projection) -> Comparison:
    """Compare the projected desired state with the live one."""
    before = _before(inputs)
    projected = project_for(inputs, before, inputs.repository) if before else None
    adopted = adopt(inputs, projection.desired) if inputs.options.adopts else None
    found, drifted = (
        (adopted.difference, ()) if adopted else _difference(inputs, projection.desired, projected)
    )
    repository, corrections = _as_portal_has(inputs)
    file_changes = (*inputs.checked.file_changes, *corrections)
    if before and projected:
        file_changes = (*file_changes, *git_only_changes(before, inputs.desired, projected, projection))
    paths = delta_paths(projection.desired, projected.desired if projected else None, inputs.desired)
    resources = inputs.live.resources
    delta = Delta(resources, found.changes, paths)
    drift = Delta(resources, drifted, DeltaPaths(paths.before, paths.before))
    live = adopted.live if adopted else inputs.live
    return Comparison(projection, found, delta, drift, repository, live, file_changes, corrections, before)


def _before(inputs: Inputs) -> Desired | None:
    """Return the desired state of the base, or None for a full plan or an adoption."""
    base = inputs.checked.base
    if base is None or base.repository is None or inputs.options.adopts:
        return None
    return inputs.desired_by(base.repository)


def _difference(
    inputs: Inputs, desired: Desired, before: Projection | None
) -> tuple[Difference, tuple[Change, ...]]:
    """Return the differences to plan, and the drift that the plan leaves alone."""
    live = inputs.live
    if before is None:
        return diff(desired, live), ()
    # The files are in the same repository, so their configuration chooses the fallbacks for both.
    found = branch(desired, before.desired, live, inputs.coverage.includes if inputs.coverage else None)
    return found.difference, found.drift


def too_many_paths(compared: Comparison) -> Finding | None:
    """Return a finding if people have more paths to APIs than can be compared."""
    deltas = (compared.delta, compared.drift)
    states = (state for each in deltas if each.changes for state in (each.before, each.after))
    problem = next((found for state in states if (found := size(state).problem)), None)
    if problem is None:
        return None
    hint = "grant fewer groups, or put fewer APIs into groups and products"
    return Finding.at(None, "too-many-paths", f"{problem}, counting what the portal holds", hint)


def _as_portal_has(inputs: Inputs) -> tuple[Repository, tuple[FileChange, ...]]:
    """Return the files with owner and visibility of new APIs as the portal has them, and what it contradicts.

    A branch that adds an API to the catalog must not decide by itself who owns it.
    """
    base, repository = inputs.checked.base, inputs.repository
    if base is None or base.repository is None:
        return repository, ()
    before, written = catalogued(base.repository), catalogued(repository)
    new = {
        name: _with_bundlers(api, written[name])
        for name, api in inputs.live.apis.items()
        if name in written and name not in before
    }
    differing = [
        FileChange(about=f"api/{name}", path=path, before=actual, after=claimed)
        for name, api in sorted(new.items())
        for path, actual, claimed in (
            ("owner", api.owner or written[name].owner, written[name].owner),
            ("visibility", api.visibility, written[name].visibility),
        )
        if actual != claimed
    ]
    return (as_offered(repository, new) if differing else repository), tuple(differing)


def _with_bundlers(api: OfferedApi, written: OfferedApi) -> OfferedApi:
    """Return an API of the portal; only its real owner can permit others to bundle it."""
    is_owner = api.owner in {None, written.owner}
    return msgspec.structs.replace(api, bundled_by=written.bundled_by) if is_owner else api
