"""Make the current folder a repository; with --from, one that has what a portal holds."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from reconciler.cli import console, runtime
from reconciler.cli.actions.start import existing_portal
from reconciler.cli.actions.start.files import (
    PATHS,
    FileResult,
    empty_paths,
    require_no_links,
    settings_files,
    write_codeowners,
    write_forms,
    write_missing,
)
from reconciler.cli.actions.start.program_source import UNKNOWN, program_source
from reconciler.cli.actions.start.questions import InitOptions, chosen, forge_of
from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage.configuration_file import NAME
from reconciler.errors import InputError
from reconciler.model.document import Document, PathKind
from reconciler.scaffold import CI, NewRepository, Owner, PortalEntry, Source, form_files
from reconciler.workflow.portal_owners import owners_of
from reconciler.workflow.sessions import default_portal
from reconciler.workflow.validate import read_configuration, settings

# The pages of this project that describe what pipelines need.
_SET_UP: Final[Mapping[CI, str]] = {
    "github": "docs/how-to/run-in-ci.md",
    "gitlab": "docs/gitlab.md",
    "gitea": "docs/gitea.md",
}


class _Setup(msgspec.Struct, frozen=True):
    """What is to be written where.

    `is_new` says that there is no configuration yet. `owner` is that of exported documents whose own owner
    is not known.
    """

    folder: Path
    new: NewRepository
    source: Source
    paths: Mapping[str, Sequence[PathKind]]
    is_new: bool
    owner: str | None

    @property
    def files(self) -> dict[str, str]:
        """The files without documents. Raises InputError."""
        return settings_files(self.new, self.source, self.paths)

    @property
    def missing(self) -> dict[str, str]:
        """The files that let the paths of the configuration exist."""
        return empty_paths(self.folder, self.paths, self.new.owner)


def initialize(options: InitOptions) -> int:
    """Write what is missing here, print its paths, and say what to do next; return the exit code."""
    folder = Path.cwd()
    _require_top(folder)
    require_no_links(folder, [NAME])
    setup = _setup(options, folder)
    require_no_links(folder, [*setup.paths, *setup.files, *form_files(setup.new.ci)])
    if options.origin is not None:
        return _begin_with_portal(options, setup)
    files = setup.files
    result = write_missing(folder, {NAME: files[NAME], **setup.missing, **files})
    write_codeowners(folder, setup.new)
    forms = write_forms(folder, setup.new, runtime.today(None))
    _log_files(setup, result)
    if result.written or forms.written:
        _log_next(*_next_steps(setup.new))
    else:
        console.log("Nothing is missing here.")
    return 0


def _begin_with_portal(options: InitOptions, setup: _Setup) -> int:
    """Write the files with what the portal holds, and show or apply the plan that adopts it."""
    live = existing_portal.read_portal(setup.folder, setup.new) if setup.is_new else None
    if live is not None:
        new = msgspec.structs.replace(setup.new, others=owners_of(live))
        setup = msgspec.structs.replace(setup, new=new)
    result = write_missing(setup.folder, setup.files)
    code = existing_portal.export(setup.new.portal.name, setup.owner, live)
    if code:
        return code
    write_missing(setup.folder, setup.missing)
    write_codeowners(setup.folder, setup.new)
    write_forms(setup.folder, setup.new, runtime.today(None))
    _log_files(setup, result)
    code = existing_portal.adopt(setup.new.portal, approved=options.adopt)
    if not code:
        _log_next(f"Check the owners in {NAME}.", _last_step(setup.new.ci, adopted=options.adopt))
    return code


def _setup(options: InitOptions, folder: Path) -> _Setup:
    """Return what the options, answers, or an existing configuration choose. Raises InputError."""
    document = read_configuration(folder / NAME) if os.path.lexists(folder / NAME) else None
    entry = None if options.origin is None else existing_portal.portal_at(options.origin, options.portal_type)
    if document is None:
        if entry is not None:
            existing_portal.require_secret(entry)
        new = chosen(options, folder, entry)
        paths, owner = PATHS, new.owner.name
    else:
        new = _kept(document, options, folder, entry)
        spec = settings(document).spec
        paths, owner = spec.paths, (options.owner or next(iter(spec.owners), "")).partition("=")[0]
    source = program_source(options.source, new.ci)
    return _Setup(folder, new, source, paths, document is None, owner or None)


def _require_top(folder: Path) -> None:
    """Raise InputError below the top level of a repository: forges read their files only there."""
    top = find_top_level(folder)
    if top is not None and top != folder.resolve():
        hint = "run it there; or make this folder a repository of its own with `git init`"
        raise InputError(f"this folder is inside of the repository at {top}", hint)


def _kept(document: Document, options: InitOptions, folder: Path, entry: PortalEntry | None) -> NewRepository:
    """Return what an existing configuration chooses. Raises InputError if it does not have the portal."""
    spec = settings(document).spec
    default = default_portal(document) or next(iter(spec.portals), "production")
    name = default if entry is None else existing_portal.portal_in(document, entry)
    secrets = spec.portals[name].secrets.values() if name in spec.portals else ()
    variable = next((secret.env for secret in secrets), "PORTAL_TOKEN")
    ci = options.ci or forge_of(folder)
    owners = {key: str(getattr(owner, ci, None) or "") for key, owner in spec.owners.items()}
    owner = next((Owner(key, "", handle) for key, handle in owners.items() if handle), Owner("", ""))
    return NewRepository(name=str(document.name), owner=owner, portal=PortalEntry(name, {}, variable), ci=ci)


def _log_files(setup: _Setup, result: FileResult) -> None:
    for path in result.kept:
        console.log(f"Kept: {path} exists, and differs from what init writes.")
    if setup.source == UNKNOWN and result.written:
        hint = "replace OWNER in the new files, or remove them and use --source"
        console.log(f"Note: where this program comes from is not known; {hint}.")


def _log_next(*steps: str) -> None:
    console.log("Next:")
    for number, step in enumerate(steps, 1):
        console.log(f"  {number}. {step}")


def _next_steps(new: NewRepository) -> list[str]:
    first = f"Check the e-mail address and the handle of {new.owner.name} in {NAME}."
    second = f"Check the portal in {NAME}: export {new.portal.variable}=…, then reconciler doctor"
    if new.portal.settings.get("database"):
        second = "List your APIs in catalog.yaml, then add a partner: reconciler new partner"
    return [first, second, *([f"Commit everything to main{_set_up(new.ci)}"] if new.ci in _SET_UP else [])]


def _set_up(ci: CI) -> str:
    """Return how to set up CI, as the rest of a sentence."""
    return f", then set up CI: see {_SET_UP[ci]} of Reconciler, and check it: reconciler doctor --forge"


def _last_step(ci: CI, *, adopted: bool) -> str:
    if not adopted:
        return "Apply this plan: reconciler adopt --all-desired"
    return f"Commit everything to main{_set_up(ci) if ci in _SET_UP else '.'}"
