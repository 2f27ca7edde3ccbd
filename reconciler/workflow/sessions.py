"""Connect: which portal, and a line to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import InputError, PortalError
from reconciler.model.document import Document, EmbeddedPortal, Repository
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.validate import settings

if TYPE_CHECKING:
    from reconciler.portal_server import ApiEntry


class Trust(Protocol):
    """Decides what a configuration may use of this machine. Raises InputError for anything else."""

    def token(self, portal: str, address: str, variable: str) -> str | None:
        """Return the token that a variable holds, which is sent to the address; None where it holds none."""
        ...

    def require_database(self, portal: str, database: str) -> None:
        """Let a database be opened: a file, or a URL."""
        ...


def choose_portal(document: Document, name: str | None) -> tuple[str, EmbeddedPortal]:
    """Return name and settings of the portal of that name, or of the default one. Raises InputError."""
    spec = settings(document).spec
    chosen = name or spec.default_portal
    known = ", ".join(spec.portals) or "none"
    if chosen is None:
        raise InputError(
            "no portal is chosen", f"name one with --portal, or set defaultPortal; known: {known}"
        )
    if chosen not in spec.portals:
        raise InputError(f'portal "{chosen}" does not stand in {document.file}', f"known: {known}")
    return chosen, spec.portals[chosen]


@asynccontextmanager
async def open_portal(
    configuration: Path,
    document: Document,
    name: str | None,
    trust: Trust,
    repository: Repository | None = None,
) -> AsyncIterator[Portal]:
    """Open a portal: a served one by its token, or the embedded one in this process, if `trust` lets us.

    The latter is made on first use, and offers the APIs of the repository's catalog.
    """
    from reconciler.portals import connect  # noqa: PLC0415  start-up counts

    chosen, where = choose_portal(document, name)
    if where.database is None:
        text = trust.token(chosen, where.url or "", where.token.env) if where.token else None
        token = SecretText(text) if text else None
        async with connect(chosen, where, token=token) as portal:
            yield portal
        return
    from reconciler.portal_server import Operator, PortalServerError, create_app  # noqa: PLC0415  start-up counts

    text, database = token_urlsafe(32), database_of(configuration, where)
    trust.require_database(chosen, database)
    try:
        application = create_app(
            prepared(database),
            apis=offered(repository),
            operator=Operator(f"reconciler for {settings(document).metadata.name}", text),
        )
    except PortalServerError as error:
        raise PortalError(f'portal "{chosen}": {error}') from error
    try:
        async with connect(chosen, where, token=SecretText(text), application=application) as portal:
            yield portal
    finally:
        application.state.database.close()


def database_of(configuration: Path, where: EmbeddedPortal) -> str:
    """Return the database of an embedded portal: a URL as it is, a file beside the configuration."""
    database = where.database or ""
    return database if "://" in database else str(configuration.parent / database)


def prepared(database: str) -> str:
    """Return the database; the folder of one that is a file is made. Raises PortalError."""
    if "://" not in database:
        try:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PortalError(f"{Path(database).parent} cannot be made: {error.strerror}") from error
    return database


def offered(repository: Repository | None) -> "list[ApiEntry]":
    """Return the APIs of the catalog, as the embedded portal takes them."""
    from reconciler.portal_server import ApiEntry  # noqa: PLC0415  start-up counts

    return [
        ApiEntry(api.name, api.display_name or api.name, api.owner or "", api.visibility)
        for api in catalogued(repository).values()
    ]
