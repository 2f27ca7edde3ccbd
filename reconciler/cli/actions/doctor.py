"""Check whether portals can be reached and used."""

import msgspec

from reconciler.cli import clock
from reconciler.cli.actions import output
from reconciler.cli.actions.trust import Trust
from reconciler.cli.ci.forge_health import check_forge
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.model.health import TargetHealth
from reconciler.workflow.doctor import check_portal, health_report
from reconciler.workflow.sessions import choose_portals
from reconciler.workflow.validate import read_configuration


class DoctorOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler doctor`."""

    config: str | None
    portals: tuple[str, ...]
    forge: bool
    app: str
    allow_http: bool
    output_format: str


def examine(options: DoctorOptions) -> int:
    """Print what was found, and return the exit code. Raises InputError."""
    targets = _portals(options) if options.portals or not options.forge else []
    if options.forge:
        targets.append(
            run_async(check_forge(options.app, options.config, clock.now, allow_http=options.allow_http))
        )
    report = health_report(targets)
    output.health(report, options.output_format)
    return report.exit_code


def _portals(options: DoctorOptions) -> list[TargetHealth]:
    path = find_configuration(options.config)
    document = read_configuration(path)
    trust = Trust(path)
    return [
        run_async(check_portal(path, document, name, trust, clock.now))
        for name in choose_portals(document, options.portals)
    ]
