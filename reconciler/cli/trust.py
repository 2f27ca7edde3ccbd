"""What a configuration may use of this machine: tokens in variables, and databases outside of the repository.

A configuration that nobody reviewed, as in a checkout of a branch, may name any variable and address.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler.cli import console, options, runtime
from reconciler.cli.git import repository
from reconciler.cli.storage import checkout, trust_store
from reconciler.cli.storage.trust_store import TrustedToken
from reconciler.errors import InputError
from reconciler.model.identity import canonical_domain
from reconciler.model.printable import printable

PREFIXES: Final = ("RECONCILER_", "PORTAL_")
# What SQLite keeps beside a database.
_COMPANIONS: Final = ("", "-journal", "-wal", "-shm")


class Trust:
    """Decides what the configuration at a path may use.

    One that is `reviewed`, as a base's is, may use all that it names.
    """

    def __init__(self, configuration: Path, *, reviewed: bool = False) -> None:
        self._configuration = configuration
        self._reviewed = reviewed

    def token(self, portal: str, address: str, variable: str) -> str | None:
        """Return the token in a variable, None where there is none. Raises InputError for any other variable.

        On a terminal, a new pair of address and variable is asked for once.
        """
        if not self._reviewed:
            _require_name(portal, variable)
        token = runtime.secret(variable)
        if token and not self._reviewed and console.can_ask():
            self._require_pair(portal, TrustedToken(address, variable))
        return token

    def require_database(self, portal: str, database: str) -> None:
        """Raise InputError for a database that a commit has, or leads to, or that lies outside untrusted."""
        top = checkout.top_level(self._configuration.parent)
        require_uncommitted_database(database, top)
        if self._reviewed or _is_below(database, top):
            return
        key = _key(database)
        trusted = trust_store.read()
        if key in {*trusted.databases, *map(_key, options.remembered("trust_database"))}:
            return
        message = f'portal "{portal}": its database {key} is outside of the repository'
        if not console.can_ask():
            raise InputError(message, f"a branch may name any: allow this one with --trust-database {key}")
        console.say(printable(f"{self._configuration}: {message}."))
        _ask("Use it, now and from now on?")
        _remember(msgspec.structs.replace(trusted, databases=(*trusted.databases, key)))

    def _require_pair(self, portal: str, pair: TrustedToken) -> None:
        trusted = trust_store.read()
        if pair in trusted.tokens:
            return
        unencrypted = ", unencrypted" if pair.address.startswith("http:") else ""
        console.say(
            printable(
                f'{self._configuration}: portal "{portal}" is at {pair.address}, and its token in '
                f"{pair.variable} has not been sent there before{unencrypted}."
            )
        )
        _ask(printable(f"Send it to {_host(pair.address)}, now and from now on?"))
        _remember(msgspec.structs.replace(trusted, tokens=(*trusted.tokens, pair)))


def require_uncommitted_database(database: str, *checkouts: Path) -> None:
    """Raise InputError where git tracks a database's file or one beside it, or a link leads it elsewhere.

    SQLite applies a journal that it finds beside a database, and removes files that the journal names.
    """
    path = _sqlite_file(database)
    files = [Path(f"{path}{each}") for each in _COMPANIONS] if path else []
    for each in files:
        checkout.require_no_link(each, *checkouts)
    tracked = _tracked([each for each in files if each.exists()])
    if tracked is not None:
        raise InputError(
            f"{tracked} is not used: git tracks it, and no portal keeps its database in git",
            f"a branch may have committed it: remove it with `git rm -- {tracked}`",
        )


def _sqlite_file(database: str) -> str:
    """Return the path of a database that is a file; an empty text for one on a server."""
    if "://" not in database:
        return database
    scheme, _, rest = database.partition("://")
    return rest.partition("/")[2].partition("?")[0] if scheme.partition("+")[0] == "sqlite" else ""


def _tracked(files: list[Path]) -> Path | None:
    """Return one of the files of a folder that git tracks; None where git tracks none, or cannot be asked."""
    if not files:
        return None
    folder = checkout.located(files[0]).parent
    try:
        tracked = repository.opened(folder).tracked(*(each.name for each in files))
    except InputError:
        return None
    return next((each for each in files if each.name in tracked), None)


def _require_name(portal: str, variable: str) -> None:
    """Raise InputError for a variable that is not meant for a portal."""
    if not variable.startswith(PREFIXES) and variable not in options.remembered("trust_variable"):
        begin = " or ".join(PREFIXES)
        raise InputError(
            f'portal "{portal}": its token is in {variable}, whose name does not begin with {begin}',
            f"a branch may name any variable: rename it, or allow this one with --trust-variable {variable}",
        )


def _is_below(database: str, top: Path) -> bool:
    return "://" not in database and checkout.located(Path(database)).is_relative_to(top)


def _key(database: str) -> str:
    """Return what a database is called: its path, or its URL without the password."""
    if "://" not in database:
        return str(checkout.located(Path(database)))
    from reconciler.portal_server import PortalServerError, shown  # noqa: PLC0415  start-up counts

    try:
        return shown(database)
    except PortalServerError as error:
        raise InputError(str(error), "write it as postgresql://USER@HOST/DATABASE") from error


def _host(address: str) -> str:
    """Return the host of an address as it is looked up, in which no letter looks like another."""
    try:
        return canonical_domain(urlsplit(address).hostname or "")
    except ValueError as error:
        raise InputError(f"{address} is not an address: {error}", "write it as https://HOST") from error


def _ask(question: str) -> None:
    if not console.confirmed(question):
        raise InputError("not trusted: nothing was sent, and nothing was opened")


def _remember(trusted: trust_store.Trusted) -> None:
    try:
        trust_store.write(trusted)
    except InputError as error:
        console.say(f"Warning: that is not remembered: {printable(error.message)}")
