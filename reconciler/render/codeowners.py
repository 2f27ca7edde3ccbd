"""Generate CODEOWNERS: which owner reviews which file.

The last matching line wins on GitHub and GitLab. On Gitea, all matching lines count.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Configuration,
    Document,
    Partner,
    People,
    Repository,
)
from reconciler.model.file_names import PEOPLE, may_hold_documents
from reconciler.model.finding import Source

ForgeName: TypeAlias = Literal["github", "gitlab", "gitea"]

_EMAIL: Final = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
# Forges ignore a line with any other form of owner and request no review.
_HANDLES: Final[dict[ForgeName, re.Pattern[str]]] = {
    "github": re.compile(rf"@[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)?|{_EMAIL}"),
    "gitlab": re.compile(rf"@{{1,2}}[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*|{_EMAIL}"),
    "gitea": re.compile(r"@[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?"),
}
_ESCAPED: Final = frozenset(" *?[]")
# `!` negates a pattern of Gitea.
_SPECIAL_TO_GITEA: Final = frozenset(".+*?()|[]{}^$!")
_Handles: TypeAlias = tuple[str, ...]


class Gap(msgspec.Struct, frozen=True):
    """An owner whose review the forge cannot request, with the location and value of the handle, if any."""

    source: Source
    owner: str
    handle: str


class Ownership(msgspec.Struct, frozen=True):
    """The lines of CODEOWNERS in the required order, and the owners that are missing from them."""

    lines: tuple[str, ...]
    gaps: tuple[Gap, ...]


def codeowners(
    repository: Repository, forge: ForgeName, *, folder: str, default: str | None, guarded: Sequence[str] = ()
) -> Ownership:
    """Return the owners of each file, with paths from the root of the Git repository.

    The files are in `folder`.
    `default` owns the folders (and therefore new files), the catalog, the configuration, people.lock if there
    are directories, and the `guarded` paths. A file gets a line of its own only if its owners differ from
    those of its folder.
    """
    handles = _handles(repository.configuration, forge)
    owners = _owners(repository, default)
    default_handles = _handles_of([default or ""], handles)
    owned = {
        normpath(join(folder, file)): _handles_of(handles_of_path, handles) or default_handles
        for file, handles_of_path in owners.items()
    }
    own = [repository.configuration.file, *([PEOPLE] if _has_directories(repository) else ())]
    last = sorted({*guarded, *(normpath(join(folder, each)) for each in own)})
    lines = [
        *(_line(pattern, default_handles) for pattern in _folders(repository, forge, folder)),
        *_own_lines(owned, forge, default_handles),
        *(_line(file_pattern(path, forge), default_handles) for path in last),
    ]
    gaps = _gaps(repository.configuration, forge, {default}.union(*owners.values()))
    return Ownership(tuple(filter(None, lines)), tuple(gaps))


def file_pattern(path: str, forge: ForgeName) -> str:
    r"""Return the pattern of a file.

    GitHub and GitLab need `\` before special characters, and `?` for inexpressible ones: neither supports a
    literal `\`, GitHub supports no `#`, and no line can contain a line break. For Gitea it is a regular
    expression, in which every `\` is doubled, and `#` and a space are escaped.
    """
    return "".join(map(_for_gitea, path)) if forge == "gitea" else f"/{''.join(map(_escaped, path))}"


def _escaped(character: str) -> str:
    if character in "\\#" or not character.isprintable():
        return "?"
    return f"\\{character}" if character in _ESCAPED else character


def _for_gitea(character: str) -> str:
    if character == "\\":
        return "\\" * 4
    if character in _SPECIAL_TO_GITEA:
        return f"\\\\{character}"
    if character in " #":
        return f"\\{character}"
    return character if character.isprintable() else "[^/]"


def _wildcards(path: str) -> int:
    return sum(_escaped(each) == "?" for each in path)


def _line(pattern: str, handles: _Handles) -> str:
    """Return a line, or an empty string without owners: a pattern without owners would disable the review."""
    return " ".join([pattern, *handles]) if handles else ""


def _own_lines(owned: Mapping[str, _Handles], forge: ForgeName, default_handles: _Handles) -> Iterator[str]:
    """Yield the lines of files. Patterns with wildcards come first, so that exact ones override them."""
    patterns: dict[str, set[str]] = {}
    for path in sorted(owned, key=lambda each: (-_wildcards(each), each)):
        patterns.setdefault(file_pattern(path, forge), set()).update(owned[path])
    exact = not any(map(_wildcards, owned))
    for pattern, handles_of_path in patterns.items():
        handles = tuple(sorted(handles_of_path))
        if not (exact and handles == default_handles):
            yield _line(pattern, handles)


def _folders(repository: Repository, forge: ForgeName, folder: str) -> list[str]:
    """Return the patterns of all paths in the configuration."""
    body = repository.configuration.body
    paths = body.spec.paths if isinstance(body, Configuration) else ()
    return sorted({_pattern(normpath(join(folder, path)), forge) for path in paths})


def _pattern(path: str, forge: ForgeName) -> str:
    """Return the pattern of a file, or of all files in a folder."""
    if path == ".":
        return ".*" if forge == "gitea" else "*"
    pattern = file_pattern(path, forge)
    below = "/.*" if forge == "gitea" else "/"
    return pattern if may_hold_documents(path) else f"{pattern}{below}"


def _owners(repository: Repository, default: str | None) -> dict[str, set[str]]:
    """Return the owners of the objects in each file."""
    owners: dict[str, set[str]] = {}
    for document in repository.documents:
        body = document.body
        if isinstance(body, People):
            continue
        owner = body.spec.owner if isinstance(body, Partner | AccessGroup | ApiProduct) else default
        owners.setdefault(document.file, set()).update([owner] if owner else [])
    return owners


def _has_directories(repository: Repository) -> bool:
    """Return whether people of directories are in the repository, or can be pulled into it."""
    body = repository.configuration.body
    sources = body.spec.sources.values() if isinstance(body, Configuration) else ()
    return any(isinstance(each, DirectorySource) for each in sources) or any(
        each.kind == "People" for each in repository.documents
    )


def _handles_of(owners: Iterable[str], handles: Mapping[str, str]) -> _Handles:
    return tuple(sorted({handles[owner] for owner in owners if owner in handles}))


def _handles(configuration: Document, forge: ForgeName) -> dict[str, str]:
    """Return the handle of each owner that has a valid one on the forge."""
    return {name: handle for name, handle in _named(configuration, forge) if _is_handle(handle, forge)}


def _is_handle(handle: str, forge: ForgeName) -> bool:
    return _HANDLES[forge].fullmatch(handle) is not None


def _named(configuration: Document, forge: ForgeName) -> Iterator[tuple[str, str]]:
    """Yield every owner with the handle that is configured for it."""
    body = configuration.body
    for name, owner in body.spec.owners.items() if isinstance(body, Configuration) else ():
        handles = {"github": owner.github, "gitlab": owner.gitlab, "gitea": owner.gitea}
        yield name, handles[forge] or ""


def _gaps(configuration: Document, forge: ForgeName, owned: Collection[str | None]) -> Iterator[Gap]:
    """Yield the owners that own a file or have a handle, but whose handle is missing or invalid."""
    for name, handle in _named(configuration, forge):
        if not _is_handle(handle, forge) and (name in owned or handle):
            yield Gap(configuration.where("spec", "owners", name, forge), name, handle)
