"""Check whether portals and sources can be reached and used."""

import msgspec

from reconciler.cli import clock
from reconciler.cli.actions import output
from reconciler.cli.actions.trust import Trust
from reconciler.cli.ci.forge_health import check_forge
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.load import load
from reconciler.model.health import TargetHealth
from reconciler.schema import schemas
from reconciler.workflow.doctor import check_portal, health_report
from reconciler.workflow.sessions import ALL, choose_portals
from reconciler.workflow.source_check import check_source
from reconciler.workflow.sources import choose_sources
from reconciler.workflow.validate import read_configuration


class DoctorOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler doctor`."""

    config: str | None
    portals: tuple[str, ...]
    sources: tuple[str, ...]
    forge: bool
    app: str
    allow_http: bool
    output_format: str


def examine(options: DoctorOptions) -> int:
    """Print what was found, and return the exit code. Raises InputError."""
    targets = [] if options.forge and not (options.portals or options.sources) else _configured(options)
    if options.forge:
        targets.append(
            run_async(check_forge(options.app, options.config, clock.now, allow_http=options.allow_http))
        )
    report = health_report(targets)
    output.health(report, options.output_format)
    return report.exit_code


def _configured(options: DoctorOptions) -> list[TargetHealth]:
    """Return the health of the chosen portals and sources; by default the default portal and all sources."""
    path = find_configuration(options.config)
    document = read_configuration(path)
    trust = Trust(path)
    by_default = not (options.portals or options.sources)
    portals = choose_portals(document, options.portals) if options.portals or by_default else []
    sources = choose_sources(document, (ALL,) if by_default else options.sources)
    found = [run_async(check_portal(path, document, name, trust, clock.now)) for name in portals]
    if sources:
        repository, _ = load(document, path.parent, schemas())
        found += [run_async(check_source(repository, name, trust, clock.now)) for name in sources]
    return found
