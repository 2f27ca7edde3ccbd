"""Change files to match what was changed in a portal by hand."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from reconciler.cli import clock, console, runtime
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.trust import Trust
from reconciler.cli.git.uncommitted import uncommitted
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.storage import text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.edit import NotCaptured
from reconciler.errors import InputError
from reconciler.model.printable import printable
from reconciler.workflow.capture import Capturing, read_inputs
from reconciler.workflow.edit import Edits
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.sessions import choose_portal, open_portal


class CaptureOptions(EditOptions, frozen=True, kw_only=True):
    """The options of `reconciler capture`."""

    portal_name: str | None


def capture_portal(ids: Sequence[str], options: CaptureOptions) -> int:
    """Write into the files what the portal holds, and print the path of each file that changes.

    Raises InputError, where given ids cannot be captured, PolicyError and PortalError; then nothing is
    written.
    """

    def edits(files: Files) -> Edits:
        inputs = runtime.run_async(_read(files, options))
        capturing = Capturing(
            inputs, files.checked, files.root, lambda file: text_files.read(files.root / file)
        )
        found = capturing.capture(ids)
        if ids and found.refused:
            raise InputError("\n".join(["nothing was captured:", *map(_line, found.refused)]))
        if not (ids or options.dry_run):
            _require_committed(files.root, found.edits)
        for each in found.refused:
            console.log(f"Not captured: {_line(each)}")
        if found.refused:
            return msgspec.structs.replace(found.edits, unchanged="No file was changed.")
        return msgspec.structs.replace(found.edits, unchanged="The files match the portal.")

    return edit_files(options, edits)


def _require_committed(root: Path, edits: Edits) -> None:
    """Raise InputError if a file that changes has other changes, which would be lost."""
    files = uncommitted(root, {each.file for each in edits.documents if each.operations})
    if files:
        names = printable(", ".join(files))
        raise InputError(
            f"no file was changed, because there are changes that are not committed: {names}",
            "commit and apply them first, or name the IDs to capture; --dry-run shows the difference",
        )


async def _read(files: Files, options: CaptureOptions) -> Inputs:
    path, document = find_configuration(options.config), files.repository.configuration
    chosen, _ = choose_portal(document, options.portal_name)
    progress = ProgressDisplay()
    async with open_portal(path, document, chosen, Trust(path), files.repository) as portal:
        try:
            return await read_inputs(
                files.checked, portal, PlanOptions(portal=chosen, now=clock.now()), progress
            )
        finally:
            progress.clear()


def _line(refused: NotCaptured) -> str:
    return printable(f"{refused.id}: {refused.reason}{f'; {refused.hint}' if refused.hint else ''}")
