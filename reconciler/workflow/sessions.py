"""Connect: which portal, and a line to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from reconciler.errors import InputError, PortalError
from reconciler.model.document import Document, Repository
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import EmbeddedPortal, OtherPortal, PortalSettings
from reconciler.model.secret import SecretText
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.validate import settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from reconciler.portal_server import ApiEntry
    from reconciler.portals import Credentials, PortalType


class Trust(Protocol):
    """Decides what a configuration may use of this machine. Raises InputError for anything else."""

    def token(self, portal: str, address: str, variable: str) -> str | None:
        """Return the token that a variable holds, which is sent to the address; None where it holds none."""
        ...

    def require_database(self, portal: str, database: str) -> None:
        """Let a database be opened: a file, or a URL."""
        ...


def choose_portal(document: Document, name: str | None) -> tuple[str, PortalSettings]:
    """Return name and settings of the portal of that name, or of the default one. Raises InputError."""
    spec = settings(document).spec
    chosen = name or spec.default_portal
    known = ", ".join(spec.portals) or "none"
    if chosen is None:
        raise InputError(
            "no portal is chosen", f"name one with --portal, or set defaultPortal; known: {known}"
        )
    if chosen not in spec.portals:
        raise InputError(f'portal "{chosen}" is not defined in {document.file}', f"known: {known}")
    return chosen, spec.portals[chosen]


def checked_settings(
    document: Document, name: str, where: PortalSettings
) -> tuple["PortalType", PortalSettings]:
    """Return the type of a portal, and its settings as that type checks them. Raises InputError.

    The document governs: the package of a type that only a branch names is never loaded.
    """
    from reconciler.portals import portal_type  # noqa: PLC0415  start-up counts

    found = portal_type(where.type)
    if not isinstance(where, OtherPortal):
        return found, where
    try:
        return found, found.settings.model_validate(where.written)
    except ValidationError as errors:
        said = "\n".join(_said(document, name, error) for error in errors.errors(include_input=False))
        raise InputError(said, f'see the documentation of the portal type "{where.type}"') from errors


def _said(document: Document, name: str, error: "ErrorDetails") -> str:
    """Return one error of settings, with its place."""
    place = document.where("spec", "portals", name, *error["loc"])
    setting = ".".join(map(str, error["loc"]))
    return f'{place.file}:{place.line}:{place.column}: portal "{name}": {setting}: {error["msg"]}'


@asynccontextmanager
async def open_portal(
    configuration: Path,
    document: Document,
    name: str | None,
    trust: Trust,
    repository: Repository | None = None,
) -> AsyncIterator[Portal]:
    """Open a portal with the secrets that `trust` lets us use.

    An embedded one in this process is made on first use, and offers the APIs of the repository's catalog.
    """
    from reconciler.portals import Credential, Credentials  # noqa: PLC0415  start-up counts

    chosen, where = choose_portal(document, name)
    found, where = checked_settings(document, chosen, where)
    if isinstance(where, EmbeddedPortal) and where.database is not None:
        database = database_of(configuration, where.database)
        trust.require_database(chosen, database)
        async with (
            _hosted(chosen, document, database, repository) as credentials,
            found.open(where, credentials) as portal,
        ):
            yield portal
        return
    secrets = {
        each: Credential(secret.env, SecretText(text) if text else None)
        for each, secret in where.secrets.items()
        for text in (trust.token(chosen, where.address, secret.env),)
    }
    async with found.open(where, Credentials(chosen, secrets)) as portal:
        yield portal


@asynccontextmanager
async def _hosted(
    name: str, document: Document, database: str, repository: Repository | None
) -> AsyncIterator["Credentials"]:
    """Run an embedded portal in this process, and return what opens it."""
    from reconciler.portal_server import Operator, PortalServerError, create_app  # noqa: PLC0415  start-up counts
    from reconciler.portals import Credential, Credentials  # noqa: PLC0415

    token = token_urlsafe(32)
    try:
        application = create_app(
            prepared(database),
            apis=offered(repository),
            operator=Operator(f"reconciler for {settings(document).metadata.name}", token),
        )
    except PortalServerError as error:
        raise PortalError(f'portal "{name}": {error}') from error
    try:
        secrets = {"token": Credential("the token made for this run", SecretText(token))}
        yield Credentials(name, secrets, application)
    finally:
        application.state.database.close()


def database_of(configuration: Path, database: str) -> str:
    """Return the database of an embedded portal: a URL as it is, a file beside the configuration."""
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
