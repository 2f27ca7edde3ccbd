"""Limits on what a configuration may use: secrets in variables, and databases outside of the repository.

A configuration that was not reviewed, such as that of a branch, could name any variable and address.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler.cli import console, runtime
from reconciler.cli.git import repository
from reconciler.cli.option_values import option_value
from reconciler.cli.storage import checkout, trust_store
from reconciler.cli.storage.trust_store import TrustedToken
from reconciler.errors import InputError
from reconciler.model.http_text import is_unencrypted
from reconciler.model.identity import canonical_domain
from reconciler.model.printable import printable
from reconciler.portal_server import PortalServerError, shown

PREFIXES: Final = ("RECONCILER_", "PORTAL_")
# The files that SQLite uses for a database.
_COMPANIONS: Final = ("", "-journal", "-wal", "-shm")


class Trust:
    """Decides what the configuration at a path may use.

    A `reviewed` one, such as that of a base, may use everything that it names.
    """

    def __init__(self, configuration: Path, *, reviewed: bool = False) -> None:
        self._configuration = configuration
        self._reviewed = reviewed

    def secret(self, service: str, address: str, variable: str) -> str | None:
        """Return the secret in a variable, or None. Raises InputError for a variable not meant for this.

        `service` is what messages call the portal or source that it is sent to. On a terminal, a new pair of
        address and variable needs a confirmation once.
        """
        if not self._reviewed:
            _require_name(service, variable)
        secret = runtime.secret(variable)
        if secret and not self._reviewed and console.is_interactive():
            self._require_pair(service, TrustedToken(address, variable))
        return secret

    def require_database(self, portal: str, database: str) -> None:
        """Raise InputError for a database in git, or an untrusted one outside of the repository."""
        top = checkout.top_level(self._configuration.parent)
        require_uncommitted_database(database, top)
        if self._reviewed or _is_below(database, top):
            return
        key = _key(database)
        trusted = trust_store.read()
        if key in {*trusted.databases, *map(_key, option_value("trust_database"))}:
            return
        message = f'portal "{portal}": the database {key} is outside of the repository'
        if not console.is_interactive():
            raise InputError(
                message, f"a branch could name any database: allow this one with --trust-database {key}"
            )
        console.log(printable(f"{self._configuration}: {message}."))
        _confirm("Use it, now and in the future?")
        _save(msgspec.structs.replace(trusted, databases=(*trusted.databases, key)))

    def _require_pair(self, service: str, pair: TrustedToken) -> None:
        trusted = trust_store.read()
        if pair in trusted.tokens:
            return
        unencrypted = ", unencrypted" if is_unencrypted(urlsplit(pair.address).scheme) else ""
        console.log(
            printable(
                f"{self._configuration}: {service} is at {pair.address}, and the secret in "
                f"{pair.variable} has not been sent there before{unencrypted}."
            )
        )
        _confirm(printable(f"Send it to {_host(pair.address)}, now and in the future?"))
        _save(msgspec.structs.replace(trusted, tokens=(*trusted.tokens, pair)))


def remember(address: str, variable: str) -> None:
    """Trust that the token in a variable is sent to an address, which the user has just named."""
    pair, trusted = TrustedToken(address, variable), trust_store.read()
    if pair not in trusted.tokens:
        _save(msgspec.structs.replace(trusted, tokens=(*trusted.tokens, pair)))


def require_uncommitted_database(database: str, *checkouts: Path) -> None:
    """Raise InputError where git tracks a file of a database, or where one of them is a symbolic link.

    SQLite applies a journal that it finds beside a database, and removes files that the journal names.
    """
    path = _sqlite_file(database)
    files = [Path(f"{path}{each}") for each in _COMPANIONS] if path else []
    for each in files:
        checkout.require_no_link(each, *checkouts)
    tracked = _tracked([each for each in files if each.exists()])
    if tracked is not None:
        raise InputError(
            f"{tracked} is not used: git tracks it, and the database of a portal is never in git",
            f"a branch could have committed it: remove it with `git rm -- {tracked}`",
        )


def _sqlite_file(database: str) -> str:
    """Return the path of a database file; an empty text for a database on a server."""
    if "://" not in database:
        return database
    scheme, _, rest = database.partition("://")
    return rest.partition("/")[2].partition("?")[0] if scheme.partition("+")[0] == "sqlite" else ""


def _tracked(files: list[Path]) -> Path | None:
    """Return the first of some files in a folder that git tracks, if any."""
    if not files:
        return None
    folder = checkout.located(files[0]).parent
    try:
        tracked = repository.opened(folder).tracked(*(each.name for each in files))
    except InputError:
        return None
    return next((each for each in files if each.name in tracked), None)


def _require_name(service: str, variable: str) -> None:
    """Raise InputError for a variable that is not meant for a portal or source."""
    if not variable.startswith(PREFIXES) and variable not in option_value("trust_variable"):
        begin = " or ".join(PREFIXES)
        raise InputError(
            f"{service}: the name of its secret's variable {variable} does not begin with {begin}",
            f"a branch could name any variable: rename it, or allow it with --trust-variable {variable}",
        )


def _is_below(database: str, top: Path) -> bool:
    return "://" not in database and checkout.located(Path(database)).is_relative_to(top)


def _key(database: str) -> str:
    """Return the path of a database, or its URL without the password."""
    if "://" not in database:
        return str(checkout.located(Path(database)))
    try:
        return shown(database)
    except PortalServerError as error:
        raise InputError(str(error), "write it as postgresql://USER@HOST/DATABASE") from error


def _host(address: str) -> str:
    """Return the host of an address in its ASCII form, in which no letter imitates another."""
    try:
        return canonical_domain(urlsplit(address).hostname or "")
    except ValueError as error:
        raise InputError(f"{address} is not a valid URL: {error}", "write it as https://HOST") from error


def _confirm(question: str) -> None:
    if not console.confirm(question):
        raise InputError("not trusted: nothing was sent or opened")


def _save(trusted: trust_store.Trusted) -> None:
    try:
        trust_store.write(trusted)
    except InputError as error:
        console.log(f"Warning: the answer could not be saved: {printable(error.message)}")
