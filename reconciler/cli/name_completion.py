"""Names in the files that a shell completes: of partners, teams, groups, products, APIs, owners and sources.

The files are read and not judged, and an error completes nothing. Only valid names are offered, since a shell
inserts them as they are.
"""

import re
from typing import TYPE_CHECKING, Final, get_args

import click

if TYPE_CHECKING:
    from reconciler.model.document import Document
    from reconciler.model.source_settings import SourceSettings

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_API: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")


def complete_partner(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the partners whose names begin with what was typed."""
    return _beginning(_of_kind(_documents(context), "Partner"), typed)


def complete_group(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the access groups whose names begin with what was typed."""
    return _beginning(_of_kind(_documents(context), "AccessGroup"), typed)


def complete_product(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the API products whose names begin with what was typed."""
    return _beginning(_of_kind(_documents(context), "ApiProduct"), typed)


def complete_team(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the teams, as PARTNER/TEAM, whose names begin with what was typed."""
    return _beginning(_teams(_documents(context)), typed)


def complete_api(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the APIs in the catalog whose names begin with what was typed."""
    catalogs = [each for each in _documents(context) if each.kind == "Catalog" and each.body]
    names = [str(api["name"]) for each in catalogs for api in each.data["spec"].get("apis", ())]
    return sorted(name for name in names if name.startswith(typed) and _API.fullmatch(name))


def complete_owner(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the owners in the configuration whose names begin with what was typed."""
    configuration = _configuration(context)
    return _beginning(list(configuration.data["spec"].get("owners", {})), typed) if configuration else []


def complete_crm(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return the sources of accounts in the configuration whose names begin with what was typed."""
    from reconciler.model.crm_settings import CrmSource  # noqa: PLC0415  start-up counts

    return _beginning([name for name, each in _sources(context) if isinstance(each, CrmSource)], typed)


def complete_directory(context: click.Context, _option: click.Parameter, typed: str) -> list[str]:
    """Return the directories of people in the configuration whose names begin with what was typed."""
    from reconciler.model.directory_settings import DirectorySource  # noqa: PLC0415  start-up counts

    return _beginning([name for name, each in _sources(context) if isinstance(each, DirectorySource)], typed)


def complete_source(context: click.Context, _option: click.Parameter, typed: str) -> list[str]:
    """Return the sources with an address, and `all`, whose names begin with what was typed."""
    return _beginning(["all", *(name for name, each in _sources(context) if each.address)], typed)


def complete_offer(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return types of partners, and partners, whose names begin with what was typed."""
    from reconciler.model.field_types import PartnerType  # noqa: PLC0415  start-up counts

    return _beginning([*get_args(PartnerType), *_of_kind(_documents(context), "Partner")], typed)


def complete_holder(context: click.Context, _argument: click.Parameter, typed: str) -> list[str]:
    """Return partners; and the teams of a partner, if only one is left or its name was typed."""
    documents = _documents(context)
    partners = _beginning(_of_kind(documents, "Partner"), typed)
    teams = _beginning(_teams(documents), typed)
    return [*partners, *(teams if len(partners) < 2 else ())]  # noqa: PLR2004  more than one is a choice


def _configuration(context: click.Context) -> "Document | None":
    """Return the configuration, if it is valid."""
    from reconciler.cli.storage.configuration_file import find_configuration  # noqa: PLC0415  start-up counts
    from reconciler.errors import ReconcilerError  # noqa: PLC0415  the same
    from reconciler.load import load_configuration  # noqa: PLC0415  the same
    from reconciler.schema import schemas  # noqa: PLC0415  the same

    try:
        path = find_configuration(context.params.get("config"))
        configuration, _ = load_configuration(path, schemas())
    except (ReconcilerError, OSError):
        return None
    return configuration if configuration is not None and configuration.body is not None else None


def _sources(context: click.Context) -> "list[tuple[str, SourceSettings]]":
    """Return the sources of the configuration."""
    from reconciler.workflow.validate import settings  # noqa: PLC0415  start-up counts

    configuration = _configuration(context)
    return list(settings(configuration).spec.sources.items()) if configuration else []


def _documents(context: click.Context) -> "list[Document]":
    """Return the documents of the configuration."""
    from reconciler.cli.storage.configuration_file import find_configuration  # noqa: PLC0415  start-up counts
    from reconciler.errors import ReconcilerError  # noqa: PLC0415  the same
    from reconciler.load import load  # noqa: PLC0415  the same
    from reconciler.schema import schemas  # noqa: PLC0415  the same

    configuration = _configuration(context)
    if configuration is None:
        return []
    try:
        root = find_configuration(context.params.get("config")).parent
        return list(load(configuration, root, schemas())[0].documents)
    except (ReconcilerError, OSError):
        return []


def _of_kind(documents: "list[Document]", kind: str) -> list[str]:
    return [str(each.name) for each in documents if each.kind == kind]


def _teams(documents: "list[Document]") -> list[str]:
    from reconciler.model.document import Partner  # noqa: PLC0415  start-up counts

    partners = [each.body for each in documents if isinstance(each.body, Partner)]
    return [f"{each.metadata.name}/{team.name}" for each in partners for team in each.spec.teams]


def _beginning(names: list[str], typed: str) -> list[str]:
    return sorted(
        name for name in names if name.startswith(typed) and all(map(_NAME.fullmatch, name.split("/")))
    )
