"""The step that validate, plan, apply and adopt share: read and judge the files."""

from pathlib import Path

import msgspec

from reconciler.cli import runtime
from reconciler.cli.process import keep
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.model.approved_plans import ApprovedPlans
from reconciler.model.plan import Selection
from reconciler.workflow import validate
from reconciler.workflow.validate import ValidationResult


class CommandOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options that validate, plan, apply and adopt share."""

    config: str | None
    portals: tuple[str, ...]
    day: str | None
    output_format: str
    adopt: tuple[str, ...] = ()
    adopt_partners: tuple[str, ...] = ()
    adopt_groups: tuple[str, ...] = ()
    adopt_all: bool = False
    adopt_from: str | None = None
    selection: Selection = "all"
    base: str | None = None
    bootstrap: bool = False
    allow: tuple[str, ...] = ()
    auto_approve: bool = False
    approved: tuple[str, ...] = ()
    approvals: ApprovedPlans = ApprovedPlans(plans=())
    lock_seconds: float = 0

    @property
    def portal(self) -> str | None:
        """The chosen portal, or None for the default one."""
        return next(iter(self.portals), None) or None

    @property
    def adopts(self) -> bool:
        """Whether existing objects are adopted, instead of making what the files define."""
        chosen = self.adopt or self.adopt_partners or self.adopt_groups
        return bool(chosen) or self.adopt_all or self.adopt_from is not None


def check(options: CommandOptions) -> tuple[Path, ValidationResult]:
    """Read and judge the files, compared with --base if it is given. Raises InputError."""
    path = find_configuration(options.config)
    today = runtime.today(options.day)
    if options.base is None:
        checked = validate.check(path, today)
    else:
        from reconciler.cli.git.base_files import compared_with  # noqa: PLC0415  only with --base

        base = compared_with(path, options.base, bootstrap=options.bootstrap)
        checked = validate.check(path, today, base)
    keep(checked)
    return path, checked
