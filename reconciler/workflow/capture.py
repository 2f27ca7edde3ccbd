"""Capture: what was changed in a portal becomes a change of the files."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import msgspec

from reconciler.edit import NotCaptured, capture
from reconciler.errors import InputError
from reconciler.model.document import Repository
from reconciler.model.finding import Severity
from reconciler.model.kinds import parents
from reconciler.model.plan import Change
from reconciler.model.portal import Portal, Progress
from reconciler.model.portal_scope import for_portal
from reconciler.model.resource import ResourceId
from reconciler.workflow.edit import DocumentEdit, Edits, Read, edited
from reconciler.workflow.live_state import require_complete
from reconciler.workflow.plan.comparison import compare
from reconciler.workflow.plan.inputs import Inputs, read_portal
from reconciler.workflow.plan.projection import project_desired
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.validate import ValidationResult, require_readable

_NOT_OFFERED: Final = "grant-not-offered"


class Capture(msgspec.Struct, frozen=True):
    """The edits that capture differences, the ids of these, and what was not captured."""

    edits: Edits
    ids: tuple[ResourceId, ...]
    refused: tuple[NotCaptured, ...]


async def read_inputs(
    checked: ValidationResult, portal: Portal, options: PlanOptions, progress: Progress
) -> Inputs:
    """Read the portal to capture from. Raises InputError if the files have errors, and PortalError."""
    checked = in_portal(checked, options.portal)
    inputs = await read_portal(checked, require_readable(checked), portal, options, progress)
    require_complete(inputs.live)
    return inputs


class _Attempt(msgspec.Struct, frozen=True):
    """The edits for some changes, and the ids of changes for which they do not have the intended effect.

    `not_offered` are new grants that need the consent of the group's owner, `left` are not captured after
    all, and `added` are changes that exist only because of the edits.
    """

    capture: Capture
    not_offered: frozenset[ResourceId] = frozenset()
    left: frozenset[ResourceId] = frozenset()
    added: tuple[ResourceId, ...] = ()


class Capturing:
    """Captures what a portal holds in files, which may have been read again since the portal was."""

    def __init__(self, inputs: Inputs, files: ValidationResult, root: Path, read: Read) -> None:
        self._inputs = inputs
        self._files = files
        self._root = root
        self._read = read
        self._found = self._differences(require_readable(files))

    def capture(self, ids: Collection[ResourceId]) -> Capture:
        """Return the edits after which the files define what the portal holds.

        `ids` select differences, each also those below it; empty, all are selected. Raises InputError for
        unknown ids, and where an edit would change something else as well.
        """
        chosen = _selected(self._found, ids)
        in_group: frozenset[ResourceId] = frozenset()
        unsuitable: frozenset[ResourceId] = frozenset()
        while True:
            attempt = self._attempt([each for each in chosen if each.id not in unsuitable], in_group)
            if attempt.added:
                raise InputError(
                    f"this would also change {', '.join(attempt.added)}",
                    "capture single ids, or edit by hand",
                )
            if attempt.not_offered <= in_group and not attempt.left:
                more = [NotCaptured(each, "the files cannot express this") for each in sorted(unsuitable)]
                return msgspec.structs.replace(attempt.capture, refused=(*attempt.capture.refused, *more))
            in_group |= attempt.not_offered
            unsuitable |= attempt.left

    def _attempt(self, chosen: Sequence[Change], in_group: frozenset[ResourceId]) -> _Attempt:
        documents = require_readable(self._files).documents
        made = capture(documents, chosen, self._inputs.live.resources, in_group)
        edits = Edits(tuple(DocumentEdit(document, operations) for document, operations in made.edits))
        result = edited(self._files, self._root, edits, self._read)
        new = Capture(msgspec.structs.replace(edits, result=result), made.ids, made.refused)
        found = result.preview.findings
        not_offered = {each.id for each in found if each.rule == _NOT_OFFERED and each.id}
        if any(each.severity is Severity.ERROR for each in found):
            return _Attempt(new, frozenset(not_offered.intersection(made.ids)))
        after = {each.id for each in self._differences(result.preview.repository)}
        before = {each.id for each in self._found}
        return _Attempt(
            new, left=frozenset(after.intersection(made.ids)), added=tuple(sorted(after - before))
        )

    def _differences(self, repository: Repository) -> tuple[Change, ...]:
        """Return the changes that would make the portal match the files."""
        kept = for_portal(repository, self._inputs.options.portal)
        desired = self._inputs.desired_by(kept)
        checked = msgspec.structs.replace(self._inputs.checked, repository=kept)
        inputs = msgspec.structs.replace(self._inputs, checked=checked, repository=kept, desired=desired)
        return compare(inputs, project_desired(inputs)).difference.changes


def _selected(found: Sequence[Change], ids: Collection[ResourceId]) -> Sequence[Change]:
    """Return the selected changes. Raises InputError that names each id that does not differ."""
    if not ids:
        return found
    wanted = set(ids)
    chosen = [each for each in found if wanted.intersection(_with_ancestors(each.id))]
    known = {above for each in found for above in _with_ancestors(each.id)}
    problems = [_unknown(each, known) for each in ids if each not in known]
    if problems:
        raise InputError("\n".join(problems), "`reconciler plan` shows what differs")
    return chosen


def _unknown(resource_id: ResourceId, known: Iterable[ResourceId]) -> str:
    near = get_close_matches(resource_id, known, n=1)
    also = f'; did you mean "{near[0]}"?' if near else ""
    return f"{resource_id} does not differ between the portal and the files{also}"


def _with_ancestors(resource_id: ResourceId) -> set[ResourceId]:
    return {resource_id}.union(*(_with_ancestors(each) for each in parents(resource_id)))
