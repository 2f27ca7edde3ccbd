"""What a new repository needs: options, answers on a terminal, or else what git and the folder say."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast, get_args
from urllib.parse import urlsplit

import msgspec

from reconciler.cli import console, runtime
from reconciler.cli.git import settings
from reconciler.cli.prompts import answer
from reconciler.errors import InputError, ReconcilerError
from reconciler.model.field_types import EMAIL, SLUG
from reconciler.model.identity import MAX_EMAIL
from reconciler.model.slugs import slug
from reconciler.portals.detection import detected_type
from reconciler.scaffold import (
    CI,
    EXAMPLES,
    NewRepository,
    Owner,
    PortalEntry,
    portal_at,
    portal_of_type,
    type_of,
)

_DEFAULT_OWNER: Final = "partnerships"
_FOLDERS: Final[dict[CI, str]] = {"github": ".github", "gitlab": ".gitlab-ci.yml", "gitea": ".gitea"}
_HOSTS: Final[dict[CI, str]] = {"gitlab": "gitlab", "gitea": "gitea|forgejo|codeberg"}


class InitOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler init`."""

    name: str | None = None
    portal_type: str | None = None
    ci: CI | None = None
    owner: str | None = None
    handle: str | None = None
    source: str | None = None
    origin: str | None = None
    adopt: bool = False


def chosen(options: InitOptions, folder: Path, portal: PortalEntry | None = None) -> NewRepository:
    """Return what the options and answers choose; a portal that is given is not asked for.

    Raises InputError, click.Abort, KeyboardInterrupt.
    """
    asks = console.is_interactive()
    _require("--name", options.name, SLUG, "use lower-case letters, digits and hyphens")
    name = options.name or _ask(
        asks, "Name of this configuration, such as that of the company", _folder_name(folder), _name_problem
    )
    portal = portal or _portal(options, asks=asks)
    ci = options.ci or cast("CI", _ask(asks, _question("CI", get_args(CI)), forge_of(folder), _ci_problem))
    return NewRepository(name=name, owner=_owner(options, folder, name), portal=portal, ci=ci)


def forge_of(folder: Path) -> CI:
    """Return the forge whose files exist, else that of the remote repository, else github."""
    found: list[CI] = [ci for ci, path in _FOLDERS.items() if (folder / path).exists()]
    host = urlsplit(settings.origin(folder) or "").hostname or ""
    found += [ci for ci, pattern in _HOSTS.items() if re.search(pattern, host)]
    return next(iter(found), "github")


def _portal(options: InitOptions, *, asks: bool) -> PortalEntry:
    if options.portal_type is not None:
        return portal_of_type(options.portal_type)
    found: dict[str, PortalEntry] = {}

    def wrong(text: str) -> str:
        try:
            found[text] = portal_at_address(text) if "://" in text else portal_of_type(text)
        except ReconcilerError as error:
            return "; ".join(filter(None, (error.message, error.hint)))
        return ""

    question = _question("Portal: its address, or a type", tuple(EXAMPLES))
    text = _ask(asks, question, "embedded", wrong)
    return found.get(text) or portal_of_type(text)


def portal_at_address(address: str, kind: str | None = None) -> PortalEntry:
    """Return the settings of the portal at an address; where nothing shows its type, it is asked for it.

    It gets no credentials. Raises InputError, and PortalError where nothing answers.
    """
    kind = kind or type_of(address) or runtime.run_async(detected_type(address))
    if kind is None:
        known = ", ".join(EXAMPLES)
        raise InputError(f"no portal of a known type answers at {address}", f"add --portal-type: {known}")
    return portal_at(address, kind)


def _owner(options: InitOptions, folder: Path, name: str) -> Owner:
    """Return the owner of everything at first: the given one, or the user of git."""
    given, _, email = (options.owner or "").partition("=")
    if options.owner is not None:
        _require("--owner", given, SLUG, "write it as NAME=EMAIL, such as partnerships@our-company.example")
        _require("--owner", email, EMAIL, "write it as NAME=EMAIL")
    known = settings.user_email(folder)
    fallback = known if _is_email(known) else f"{_DEFAULT_OWNER}@{name}.example"
    owner = given or _DEFAULT_OWNER
    namespace = urlsplit(settings.origin(folder) or "").path.strip("/").rpartition("/")[0] or name
    return Owner(owner, email or fallback, options.handle or f"@{namespace}/{owner}")


def _folder_name(folder: Path) -> str:
    return slug(folder.name) or "our-company"


def _ask(asks: bool, question: str, default: str, wrong: Callable[[str], str]) -> str:  # noqa: FBT001  positional
    """Return the answer, or the default where nobody can be asked or the answer is empty."""
    return (answer(f"{question} [{default}]", wrong, needed=False) if asks else "") or default


def _question(what: str, choices: tuple[str, ...]) -> str:
    return f"{what} ({', '.join(choices)})"


def _name_problem(text: str) -> str:
    return "" if re.fullmatch(SLUG, text) else "use lower-case letters, digits and hyphens"


def _ci_problem(text: str) -> str:
    return "" if text in get_args(CI) else f"choose one of {', '.join(get_args(CI))}"


def _require(option: str, text: str | None, pattern: str, hint: str) -> None:
    if text is not None and not re.fullmatch(pattern, text):
        raise InputError(f'{option}: "{text}" is not valid', hint)


def _is_email(text: str) -> bool:
    return len(text) <= MAX_EMAIL and re.fullmatch(EMAIL, text) is not None
