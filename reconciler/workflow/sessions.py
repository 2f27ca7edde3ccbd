"""Choose a portal, and open it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, Literal, Protocol

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from reconciler.errors import InputError, PortalError
from reconciler.load.validation import explained
from reconciler.model.document import Document, Repository
from reconciler.model.file_names import IGNORE_ALL, STATE_FOLDER
from reconciler.model.finding import in_order
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import EmbeddedPortal, OtherPortal, PortalSettings, Secret
from reconciler.model.secret import SecretText
from reconciler.portal_server import ApiEntry, Operator, PortalServerError, create_app
from reconciler.portals import Credential, Credentials, PortalType, portal_type
from reconciler.schema import settings_schema
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.validate import in_one_line, settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# The value of --portal that means all portals.
ALL: Final = "all"


class Trust(Protocol):
    """Decides which secrets and databases a configuration may use; raises InputError for others."""

    def secret(self, service: str, address: str, variable: str) -> str | None:
        """Return the secret in a variable, to be sent to the address; None where the variable is not set.

        `service` is what messages call the one at that address, such as `portal "production"`.
        """
        ...

    def require_database(self, portal: str, database: str) -> None:
        """Check that a database, a file or a URL, may be opened."""
        ...


def default_portal(document: Document) -> str | None:
    """Return `defaultPortal`, or the only portal that is configured; None if there is neither."""
    spec = settings(document).spec
    if spec.default_portal is not None or len(spec.portals) != 1:
        return spec.default_portal
    return next(iter(spec.portals))


def choose_portals(document: Document, names: Sequence[str]) -> list[str]:
    """Return the names of several portals, each once; `all` are all of them. Raises InputError.

    A portal that is called `all` is only that portal.
    """
    known = list(settings(document).spec.portals)
    if ALL in names and ALL not in known and known:
        return known
    return list(dict.fromkeys(choose_portal(document, name)[0] for name in names or (None,)))


def choose_portal(document: Document, name: str | None) -> tuple[str, PortalSettings]:
    """Return name and settings of the portal of that name, or of the default one. Raises InputError."""
    spec = settings(document).spec
    chosen = name or default_portal(document)
    known = ", ".join(spec.portals) or "none"
    if chosen is None:
        raise InputError(
            "no portal is chosen", f"give one with --portal, or set defaultPortal; known: {known}"
        )
    if chosen not in spec.portals:
        raise InputError(f'portal "{chosen}" is not defined in {document.file}', f"known: {known}")
    return chosen, spec.portals[chosen]


def checked_settings(
    document: Document, name: str, where: PortalSettings
) -> tuple[PortalType, PortalSettings]:
    """Return the type of a portal, and its settings as that type checks them. Raises InputError.

    The document governs: the package of a type that only a branch names is never loaded.
    """
    try:
        found = portal_type(where.type)
    except InputError as error:
        place = document.where("spec", "portals", name, "type")
        raise InputError(f'{place}: portal "{name}": {error.message}', error.hint) from error
    if not isinstance(where, OtherPortal):
        return found, where
    try:
        return found, found.settings.model_validate(where.written)
    except ValidationError as errors:
        hint = f'see the documentation of the portal type "{where.type}"'
        raise InputError("\n".join(_problems(document, name, found, errors)), hint) from errors


def _problems(document: Document, name: str, portal: PortalType, errors: ValidationError) -> list[str]:
    """Return the errors of settings with their places, as for a built-in type where there are messages."""
    findings = explained(document, settings_schema(name, portal.settings))
    if not findings:
        return [_setting_error(document, name, error) for error in errors.errors(include_input=False)]
    return [in_one_line(each) for each in in_order(findings)]


def _setting_error(document: Document, name: str, error: "ErrorDetails") -> str:
    """Return one error of settings, with its place."""
    place = document.where("spec", "portals", name, *error["loc"])
    setting = ".".join(map(str, error["loc"]))
    return f'{place}: portal "{name}": {setting}: {error["msg"]}'


@asynccontextmanager
async def open_portal(
    configuration: Path,
    document: Document,
    name: str | None,
    trust: Trust,
    repository: Repository | None = None,
) -> AsyncIterator[Portal]:
    """Open a portal with the secrets that `trust` allows.

    An embedded portal in this process is created on first use. It offers the APIs of the repository's
    catalog.
    """
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
    secrets = read_secrets(document, ("portals", chosen), where, trust)
    async with found.open(where, Credentials(chosen, secrets)) as portal:
        yield portal


class _Addressed(Protocol):
    """Settings of a portal or source: its addresses, and the references to its secrets by setting."""

    @property
    def addresses(self) -> Mapping[str, str]: ...

    @property
    def secrets(self) -> Mapping[str, Secret]: ...


def read_secrets(
    document: Document, key: tuple[Literal["portals", "sources"], str], where: _Addressed, trust: Trust
) -> dict[str, Credential]:
    """Return the secrets of the portal or source at this key of `spec`, by the name of the setting."""
    section, name = key
    service = f'{section.removesuffix("s")} "{name}"'
    return {
        each: Credential(secret.env, SecretText(text) if text else None, place)
        for each, secret in where.secrets.items()
        for place in (str(document.where("spec", section, name, to_camel(each), "env")),)
        for text in (_allowed(trust, service, where, secret.env),)
    }


def _allowed(trust: Trust, service: str, where: _Addressed, variable: str) -> str | None:
    """Return the secret in a variable, if it may be sent to each of the addresses."""
    texts = [trust.secret(service, address, variable) for address in where.addresses.values()]
    return texts[0]


@asynccontextmanager
async def _hosted(
    name: str, document: Document, database: str, repository: Repository | None
) -> AsyncIterator[Credentials]:
    """Run an embedded portal in this process, and return what opens it."""
    token = token_urlsafe(32)
    try:
        application = create_app(
            prepared(database),
            apis=offered(repository),
            operator=Operator(f"reconciler for {settings(document).metadata.name}", token),
        )
    except PortalServerError as error:
        raise PortalError(f'portal "{name}": {error}', error.hint) from error
    try:
        secrets = {"token": Credential("the token made for this run", SecretText(token))}
        yield Credentials(name, secrets, application)
    finally:
        application.state.database.close()


def database_of(configuration: Path, database: str) -> str:
    """Return the database of an embedded portal: a URL, or the path of a file."""
    return database if "://" in database else str(configuration.parent / database)


def prepared(database: str) -> str:
    """Return the database, after the folder of a database file was created. Raises PortalError."""
    if "://" not in database:
        folder = Path(database).parent
        try:
            is_new_state = folder.name == STATE_FOLDER and not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            if is_new_state:
                (folder / ".gitignore").write_text(IGNORE_ALL)
        except OSError as error:
            raise PortalError(f"{folder} cannot be created: {error.strerror}") from error
    return database


def offered(repository: Repository | None) -> list[ApiEntry]:
    """Return the APIs of the catalog for the embedded portal."""
    return [
        ApiEntry(api.name, api.display_name or api.name, api.owner or "", api.visibility)
        for api in catalogued(repository).values()
    ]
