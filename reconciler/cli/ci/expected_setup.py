"""What the configuration of this folder asks of the repository on its forge."""

from typing import Final

from reconciler.cli.storage.configuration_file import find_configuration, has_configuration
from reconciler.model.configuration import ConfigurationSpec, Owner
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.workflow.validate import read_configuration, settings

# What the workflows name, and most configurations.
_DEFAULT: Final = ExpectedSetup(secrets={"NAME": ("PORTAL_TOKEN",)})


def expected_setup(config: str | None, kind: str) -> ExpectedSetup:
    """Return it for a kind of forge. Raises InputError.

    Without a configuration, it is what the workflows need as they are.
    """
    if config is None and not has_configuration():
        return _DEFAULT
    return of_configuration(read_configuration(find_configuration(config)), kind)


def of_configuration(document: Document, kind: str) -> ExpectedSetup:
    """Return what a configuration asks of its repository on a forge of this kind."""
    spec = settings(document).spec
    secrets = {
        name: tuple(secret.env for secret in portal.secrets.values()) for name, portal in spec.portals.items()
    }
    return ExpectedSetup(
        # A portal without a secret is in the process that uses it, so that jobs cannot share it.
        secrets={name: names for name, names in secrets.items() if names},
        approvals=_enforced(spec, kind),
        bots={
            name: getattr(source.bot, kind, None) or ""
            for name, source in spec.sources.items()
            if isinstance(source, DirectorySource) and source.auto_merge != "none"
        },
        approvers=tuple(sorted({name for each in spec.owners.values() for name in _approvers(each, kind)})),
    )


def _enforced(spec: ConfigurationSpec, kind: str) -> bool:
    if spec.approvals is not None:
        return spec.approvals == "enforce"
    return any(_approvers(each, kind) for each in spec.owners.values())


def _approvers(owner: Owner, kind: str) -> tuple[str, ...]:
    return tuple(getattr(owner.approvers, kind))
