"""Begin with a portal that exists: its settings and owners, then its content as files, and their adoption."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
from pydantic.alias_generators import to_camel

from reconciler import scaffold
from reconciler.cli import console, runtime
from reconciler.cli.actions.apply import apply_files
from reconciler.cli.actions.checked_files import CommandOptions
from reconciler.cli.actions.export import ExportCommand, export_files
from reconciler.cli.actions.plan import PlanCommandOptions, show_plan
from reconciler.cli.actions.start.questions import portal_at_address
from reconciler.cli.actions.trust import Trust, remember
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.prompts import answer
from reconciler.cli.storage.configuration_file import NAME
from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.portal_settings import PortalSettings
from reconciler.model.resource import Live
from reconciler.scaffold import EXAMPLES, NewRepository, PortalEntry, portal_of_type
from reconciler.workflow.portal_owners import read_default_portal
from reconciler.workflow.validate import read_configuration, settings

# The settings that say which portal it is, and not as whom it is used.
_PLACE: Final = {"type", "database", "url", "realm", "organization", "region", "portal"}
# As `apply` waits by default.
_LOCK_SECONDS: Final = 90.0


class _GivenAddress:
    """Lets the secret be sent to the address that the user gave to this command, and remembers it."""

    def __init__(self, configuration: Path) -> None:
        self._trust = Trust(configuration)

    def secret(self, service: str, address: str, variable: str) -> str | None:  # noqa: ARG002  the protocol's
        """Return the secret in a variable, or None where it is not set."""
        secret = runtime.secret(variable)
        if secret and console.is_interactive():
            remember(address, variable)
        return secret

    def require_database(self, portal: str, database: str) -> None:
        """Check that a database may be opened, as always."""
        self._trust.require_database(portal, database)


def portal_at(given: str, kind: str | None) -> PortalEntry:
    """Return the settings of the portal in --from. Raises InputError, PortalError, click.UsageError."""
    if "://" in given:
        return portal_at_address(given, kind)
    if kind is not None:
        raise click.UsageError("--portal-type goes with an address in --from.")
    return portal_of_type(given) if given == "embedded" else portal_at_address(_address(given), given)


def require_secret(entry: PortalEntry) -> None:
    """Raise InputError where a portal needs a secret, and its variable is not set."""
    if "database" not in entry.settings and not runtime.secret(entry.variable):
        hint = f"run `export {entry.variable}=…`, then the same command again"
        raise InputError(f"the portal needs a secret, and {entry.variable} is not set", hint)


def read_portal(folder: Path, new: NewRepository) -> Live:
    """Return what the portal holds, before anything is written."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / NAME
        path.write_text(scaffold.configuration(new), encoding="utf-8")
        document = read_configuration(path)
    progress = ProgressDisplay()
    try:
        reading = read_default_portal(folder / NAME, document, _GivenAddress(folder / NAME), progress)
        return runtime.run_async(reading)
    finally:
        progress.clear()


def portal_in(document: Document, entry: PortalEntry) -> str:
    """Return the name of a portal in a configuration that exists. Raises InputError if it is not there."""
    for name, known in settings(document).spec.portals.items():
        if _is_same(known, entry):
            return name
    hint = "add it there, or use `reconciler export --portal NAME`"
    raise InputError(f"{NAME} exists, and this portal is not in it", hint)


def export(portal: str, owner: str | None, live: Live | None) -> int:
    """Write what the portal holds as files, and return the exit code; `live` is what was just read."""
    command = ExportCommand(
        config=None,
        portal_name=portal,
        day=None,
        partners=frozenset(),
        groups=frozenset(),
        owner=owner,
        include_members=False,
        into=None,
        dry_run=False,
        is_step=True,
        live=live,
    )
    return export_files(command)


def adopt(portal: PortalEntry, *, approved: bool) -> int:
    """Show the plan that adopts everything in the files, and return the exit code.

    If that is approved, apply it, then remove what has ended, such as invitations, which gives no access, and
    show that nothing differs any more.
    """
    common: dict[str, Any] = {"config": None, "portals": (portal.name,), "day": None, "output_format": "text"}
    shown = common | {"out": None, "people": "counts", "files_only": False, "detailed_exitcode": False}
    if not approved:
        return show_plan(PlanCommandOptions(**shown, adopt_all=True))
    common |= {"auto_approve": True, "lock_seconds": _LOCK_SECONDS}
    code = apply_files(CommandOptions(**common, adopt_all=True))
    # A portal that stores no ends holds nothing that has ended.
    if not code and "until" not in portal.settings.get("fallbacks", ()):
        code = apply_files(CommandOptions(**common, selection="expired"))
    return code or show_plan(PlanCommandOptions(**shown))


def _address(kind: str) -> str:
    """Ask for the address of a portal of a type. Raises InputError where nobody can be asked."""
    if kind not in EXAMPLES:
        portal_of_type(kind)
    if not console.is_interactive():
        raise InputError(
            f"--from {kind} does not say where the portal is", f"give its address: {EXAMPLES[kind]}"
        )
    return answer(f"Address of the portal, such as {EXAMPLES[kind]}", lambda _: "")


def _is_same(known: PortalSettings, entry: PortalEntry) -> bool:
    """Return whether a portal is the same as another one, perhaps with another account."""
    wanted = {key: value for key, value in entry.settings.items() if key in _PLACE}
    return {key: value for key, value in _texts(known).items() if key in wanted} == wanted


def _texts(known: PortalSettings) -> dict[str, str]:
    return {to_camel(name): value for name, value in known if isinstance(value, str)}
