"""What the files of a repository say already, for an export that adds to them."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reconciler.desired import build_desired_state
from reconciler.errors import InputError
from reconciler.export import Terms
from reconciler.model.document import ConfigurationSpec, Document, Repository
from reconciler.model.finding import Source
from reconciler.model.ids import kind_of
from reconciler.model.kinds import kind_row
from reconciler.model.portal import Capabilities
from reconciler.model.portal_names import named_objects
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.resource import Live, ResourceId
from reconciler.model.rule import file_errors
from reconciler.project import expand, grants_apis, without_teams_of_one
from reconciler.workflow.validate import ValidationResult, require_configuration, settings


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to export: the names of partners and groups, or everything.

    `owner` is for objects of which the portal does not name a known owner. `elsewhere` writes to another
    folder, so that it does not matter what the files define already.
    """

    portal: str
    partners: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    owner: str | None = None
    include_members: bool = False
    elsewhere: bool = False


class Known(msgspec.Struct, frozen=True):
    """The files that the exported ones are added to, without those that are only compared with them.

    `missing` are configured paths that do not exist. `compared` are the files that the options name
    themselves, by object.
    """

    checked: ValidationResult
    repository: Repository
    missing: tuple[str, ...]
    compared: Mapping[ResourceId, str]

    @property
    def spec(self) -> ConfigurationSpec:
        """The settings in the configuration."""
        return settings(self.repository.configuration).spec


def known_files(checked: ValidationResult, root: Path, options: ExportOptions) -> Known:
    """Return the files to add to. Raises InputError for errors other than paths that do not exist."""
    repository = require_configuration(checked)
    spec = settings(repository.configuration).spec
    missing = [path for path in spec.paths if not os.path.lexists(root / path)]
    places = [repository.configuration.where("spec", "paths", path, key=True) for path in missing]
    left = [
        each for each in checked.findings if Source(each.file or "", each.line, each.column) not in places
    ]
    if file_errors(left):
        raise InputError("the files have errors", "run `reconciler validate` to see them")
    documents = () if options.elsewhere else repository.documents
    compared = {
        each: document.file
        for document in documents
        if _is_named(document, options)
        for each, _, _ in named_objects(document.body)
    }
    kept = tuple(each for each in documents if each.file not in compared.values())
    whole = msgspec.structs.replace(repository, documents=kept, unreadable=frozenset())
    return Known(
        msgspec.structs.replace(checked, repository=whole, findings=tuple(left)),
        whole,
        tuple(missing),
        compared,
    )


def terms_of(
    known: Known, options: ExportOptions, can: Capabilities, names: Mapping[ResourceId, str]
) -> Terms:
    """Return the terms of an export; their owner is empty where `require_owner` raises an error."""
    spec = known.spec
    documents = known.repository.documents
    desired = build_desired_state(known.repository, known.checked.today)
    defined = expand(desired) if grants_apis(can) else desired
    granted = {each for each in (*defined.resources, *defined.because) if kind_row(kind_of(each)).is_grant}
    return Terms(
        scope=desired.scope,
        today=known.checked.today,
        owners=frozenset(spec.owners),
        owner=_owner(spec, options.owner),
        stored=can.fields,
        portal=options.portal if len(spec.portals) > 1 else "",
        partners=options.partners,
        groups=options.groups,
        include_members=options.include_members,
        keeps_unlisted=fallbacks(spec, options.portal).delegated is not None,
        external=frozenset(spec.external.partners),
        defined=frozenset(each for document in documents for each, _, _ in named_objects(document.body)),
        granted=frozenset(granted),
        names=names,
    )


def with_grants_to_people(live: Live, scope: str, spec: ConfigurationSpec, portal: str) -> Live:
    """Return the live state with grants to people instead of teams of one, if these replace the grants."""
    if fallbacks(spec, portal).developer_grants is None:
        return live
    resources = without_teams_of_one(live.resources, scope)
    # The partner of these teams exists only for them.
    gone = {
        each.split("/")[1] for each in live.resources.keys() - resources.keys() if kind_of(each) == "team"
    }
    gone -= {each.split("/")[1] for each in resources if kind_of(each) == "team"}
    kept = {each: held for each, held in resources.items() if each.removeprefix("partner/") not in gone}
    return msgspec.structs.replace(live, resources=kept)


def fallbacks(spec: ConfigurationSpec, portal: str) -> Fallbacks:
    """Return the fallbacks of a portal."""
    return (spec.portals[portal].fallbacks if portal in spec.portals else None) or Fallbacks()


def require_owner(spec: ConfigurationSpec, given: str | None) -> None:
    """Raise InputError if it is not clear who owns what is written."""
    known = ", ".join(spec.owners)
    if given is not None and given not in spec.owners:
        raise InputError(
            f'--owner: "{given}" is not one of the owners', f"the owners: {known}" if known else ""
        )
    if given is None and len(spec.owners) != 1:
        hint = f"choose one with --owner: {known}" if known else "add the owners to the configuration first"
        raise InputError("it is not clear who owns objects without a known owner in the portal", hint)


def _owner(spec: ConfigurationSpec, given: str | None) -> str:
    return given or (next(iter(spec.owners)) if len(spec.owners) == 1 else "")


def _is_named(document: Document, options: ExportOptions) -> bool:
    """Return whether the options name the object of a document."""
    wanted = {"Partner": options.partners, "AccessGroup": options.groups}.get(
        document.kind or "", frozenset()
    )
    return document.name in wanted
