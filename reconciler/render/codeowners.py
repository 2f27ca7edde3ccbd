"""CODEOWNERS of a repository of files: whom a forge asks about which file; the last match wins."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.document import AccessGroup, ApiProduct, Configuration, Document, Partner, Repository
from reconciler.model.file_names import may_hold_documents
from reconciler.model.finding import Source

ForgeName: TypeAlias = Literal["github", "gitlab"]

_EMAIL: Final = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
# A line with anything else as an owner is skipped, and nobody is asked.
_HANDLES: Final[dict[ForgeName, re.Pattern[str]]] = {
    "github": re.compile(rf"@[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)?|{_EMAIL}"),
    "gitlab": re.compile(rf"@{{1,2}}[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*|{_EMAIL}"),
}
_ESCAPED: Final = frozenset(" *?[]")
_Handles: TypeAlias = tuple[str, ...]


class Gap(msgspec.Struct, frozen=True):
    """An owner whom the forge cannot ask, where that stands, and what is written there, if anything is."""

    source: Source
    owner: str
    handle: str


class Ownership(msgspec.Struct, frozen=True):
    """The lines of CODEOWNERS, in the order in which a forge has to read them, and who is missing in them."""

    lines: tuple[str, ...]
    gaps: tuple[Gap, ...]


def codeowners(
    repository: Repository, forge: ForgeName, *, folder: str, default: str | None, guarded: Sequence[str] = ()
) -> Ownership:
    """Return who is asked about each file. Paths begin at the root of git, in which `folder` holds the files.

    `default` answers for the folders and so for new files, for the catalog, the configuration, and what
    else is `guarded`. A file has no line of its own where its folder's line says the same.
    """
    handles = _handles(repository.configuration, forge)
    owners = _owners(repository, default)
    usual = _asked([default or ""], handles)
    asked = {normpath(join(folder, file)): _asked(who, handles) or usual for file, who in owners.items()}
    last = sorted({*guarded, normpath(join(folder, repository.configuration.file))})
    lines = [
        *(_line(pattern, usual) for pattern in _folders(repository, folder)),
        *_own_lines(asked, usual),
        *(_line(f"/{escaped(path)}", usual) for path in last),
    ]
    gaps = _gaps(repository.configuration, forge, {default}.union(*owners.values()))
    return Ownership(tuple(filter(None, lines)), tuple(gaps))


def escaped(path: str) -> str:
    r"""Return a path as both forges read it: `\` before what is special, `?` for what they cannot be told.

    Neither can be told a `\` before a space, GitHub no `#`, and no line holds a line break.
    """
    return "".join("?" if _is_vague(each) else f"\\{each}" if each in _ESCAPED else each for each in path)


def _is_vague(character: str) -> bool:
    return character in "\\#" or not character.isprintable()


def _vagueness(path: str) -> int:
    return sum(map(_is_vague, path))


def _line(pattern: str, handles: _Handles) -> str:
    """Return a line; nothing where there is nobody to ask, as that would mean that nobody has to be."""
    return " ".join([pattern, *handles]) if handles else ""


def _own_lines(asked: Mapping[str, _Handles], usual: _Handles) -> Iterator[str]:
    """Yield the files' lines; those that may match other files come first, so that none is undone."""
    patterns: dict[str, set[str]] = {}
    for path in sorted(asked, key=lambda each: (-_vagueness(each), each)):
        patterns.setdefault(escaped(path), set()).update(asked[path])
    exact = not any(map(_vagueness, asked))
    for pattern, who in patterns.items():
        handles = tuple(sorted(who))
        if not (exact and handles == usual):
            yield _line(f"/{pattern}", handles)


def _folders(repository: Repository, folder: str) -> list[str]:
    """Return the patterns of all paths of the configuration."""
    body = repository.configuration.body
    paths = body.spec.paths if isinstance(body, Configuration) else ()
    return sorted({_pattern(normpath(join(folder, path))) for path in paths})


def _pattern(path: str) -> str:
    if path == ".":
        return "*"
    return f"/{escaped(path)}" if may_hold_documents(path) else f"/{escaped(path)}/"


def _owners(repository: Repository, default: str | None) -> dict[str, set[str]]:
    """Return who answers for what stands in each file."""
    owners: dict[str, set[str]] = {}
    for document in repository.documents:
        body = document.body
        owner = body.spec.owner if isinstance(body, Partner | AccessGroup | ApiProduct) else default
        owners.setdefault(document.file, set()).update([owner] if owner else [])
    return owners


def _asked(owners: Iterable[str], handles: Mapping[str, str]) -> _Handles:
    return tuple(sorted({handles[owner] for owner in owners if owner in handles}))


def _handles(configuration: Document, forge: ForgeName) -> dict[str, str]:
    """Return how the forge calls each owner whom it can ask."""
    return {name: handle for name, handle in _named(configuration, forge) if _is_handle(handle, forge)}


def _is_handle(handle: str, forge: ForgeName) -> bool:
    return _HANDLES[forge].fullmatch(handle) is not None


def _named(configuration: Document, forge: ForgeName) -> Iterator[tuple[str, str]]:
    """Yield every owner, and what is written as its handle."""
    body = configuration.body
    for name, owner in body.spec.owners.items() if isinstance(body, Configuration) else ():
        yield name, (owner.github if forge == "github" else owner.gitlab) or ""


def _gaps(configuration: Document, forge: ForgeName, asked: Collection[str | None]) -> Iterator[Gap]:
    """Yield whoever should be asked about anything, or has a handle, and cannot be asked."""
    for name, handle in _named(configuration, forge):
        if not _is_handle(handle, forge) and (name in asked or handle):
            yield Gap(configuration.where("spec", "owners", name, forge), name, handle)
