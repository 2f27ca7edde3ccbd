"""Choose a source of the configuration, and open it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from reconciler.errors import InputError
from reconciler.model.crm_settings import CrmSource
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document
from reconciler.model.source_settings import SourceSettings
from reconciler.sources import Credentials, source_type
from reconciler.workflow.sessions import ALL, Trust, read_secrets
from reconciler.workflow.validate import settings

S = TypeVar("S", bound=SourceSettings)
_NOUNS: Final[Mapping[type[SourceSettings], str]] = {CrmSource: "CRM", DirectorySource: "directory"}


def choose_source(document: Document, name: str, kind: type[S]) -> S:
    """Return the settings of the source of that name. Raises InputError for one of another kind."""
    sources = settings(document).spec.sources
    known = ", ".join(each for each, found in sources.items() if isinstance(found, kind)) or "none"
    if name not in sources:
        raise InputError(f'source "{name}" is not defined in {document.file}', f"known: {known}")
    found = sources[name]
    if not isinstance(found, kind):
        place = document.where("spec", "sources", name, "type")
        message = f'{place}: source "{name}" has the type {found.type}, and is not a {_NOUNS[kind]}'
        raise InputError(message, f"use one of: {known}")
    return found


def choose_sources(document: Document, names: Sequence[str]) -> list[str]:
    """Return the names of several sources that are asked over a network, each once; `all` are all of them.

    Raises InputError for a name that is not defined, and for a file.
    """
    sources = settings(document).spec.sources
    known = [name for name, found in sources.items() if found.address]
    if ALL in names and ALL not in sources:
        return known
    for name in names:
        if not choose_source(document, name, SourceSettings).address:
            place = document.where("spec", "sources", name, "type")
            message = f'{place}: source "{name}" is a file: there is no connection to check'
            raise InputError(message, f"known: {', '.join(known) or 'none'}")
    return list(dict.fromkeys(names))


@asynccontextmanager
async def open_source(
    document: Document, name: str, found: SourceSettings, trust: Trust
) -> AsyncIterator[Any]:
    """Open a source that is asked over a network, with the secrets that `trust` allows."""
    secrets = read_secrets(document, ("sources", name), found, trust)
    async with source_type(found.type).open(found, Credentials(name, secrets)) as opened:
        yield opened
