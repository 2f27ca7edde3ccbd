"""The commit that a REF names, by the full name of one ref: others with that short name do not count."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.cli.git.process import run
from reconciler.errors import InputError

# A name as git allows it for refs, and what is counted from it: main~2, HEAD^1, main@{1}.
_REVISION: Final = re.compile(r"([^\x00-\x20\x7f~^:?*[\\]*?)((?:[~^:]|@\{)[^\x00]*)?")
# What git itself turns into a full name: the branch that another one follows, the one before.
_BRANCH: Final = re.compile(r"(@\{(?:u|upstream|push|-\d+)\})(.*)", re.IGNORECASE | re.DOTALL)
_HASH: Final = re.compile(r"[0-9a-f]{4,64}", re.IGNORECASE)
# Such as FETCH_HEAD: a file that git keeps beside the refs.
_PSEUDO_REF: Final = re.compile(r"[A-Z]+_HEAD")
_NAMESPACES: Final = ("heads/", "tags/", "remotes/")


class Revision(NamedTuple):
    """A commit, the ref or hash that names it, and the other refs with the same short name."""

    commit: str
    name: str
    others: tuple[str, ...] = ()


def resolve(top: Path, ref: str) -> Revision | None:
    """Return the commit that a REF names in the repository at `top`, or None.

    The first that exists counts: a full hash, HEAD, a remote's branch, a branch, a tag, a short hash.
    """
    match = _REVISION.fullmatch(ref)
    if match is None:
        return None
    name, steps = match[1], match[2] or ""
    if branch := _BRANCH.fullmatch(steps):
        name, steps = _verified(top, f"{name}{branch[1]}", "--symbolic-full-name"), branch[2]
    elif not name and steps.startswith("@{"):
        name, steps = _verified(top, f"{steps}^{{commit}}"), ""
    meanings = list(_meanings(top, "HEAD" if name == "@" else name)) if name else []
    commit = _verified(top, f"{meanings[0]}{steps}^{{commit}}") if meanings else ""
    return Revision(commit, meanings[0], tuple(meanings[1:])) if commit else None


def head(top: Path) -> str:
    """Return the commit that is checked out. Raises InputError where there is none."""
    return run(top, "show-ref", "--verify", "--hash", "HEAD").decode().strip()


def is_known(top: Path, commit: str) -> bool:
    """Whether the repository at `top` has a commit of this full hash."""
    return _verified(top, f"{commit}^{{commit}}") == commit


def _meanings(top: Path, name: str) -> Iterator[str]:
    """Yield the meanings that a name can have here, in order of precedence."""
    candidates = _candidates(name)
    refs = os.fsdecode(run(top, "for-each-ref", "--format=%(refname)", *candidates)).split("\n")
    commit = _verified(top, f"{name}^{{commit}}") if _HASH.fullmatch(name) else ""
    if commit == name.lower() or _is_beside_refs(top, name):
        yield name
    yield from (each for each in candidates if each in refs)
    if commit != name.lower() and commit.startswith(name.lower()):
        yield commit


def _candidates(name: str) -> list[str]:
    """Return the full names of the refs that a name can mean, in order of precedence."""
    if name.startswith("refs/"):
        return [name]
    usual = [f"refs/remotes/{name}", f"refs/remotes/{name}/HEAD", f"refs/heads/{name}", f"refs/tags/{name}"]
    return [f"refs/{name}", *usual] if name.startswith(_NAMESPACES) else [*usual, f"refs/{name}"]


def _is_beside_refs(top: Path, name: str) -> bool:
    """Whether git has a file of this name, which has precedence over refs."""
    if _PSEUDO_REF.fullmatch(name):
        return (top / os.fsdecode(run(top, "rev-parse", "--git-path", name)).removesuffix("\n")).is_file()
    try:
        return name == "HEAD" and bool(head(top))
    except InputError:
        return False


def _verified(top: Path, revision: str, *options: str) -> str:
    """Return the output of rev-parse for a revision; empty where there is none."""
    try:
        found = run(top, "rev-parse", "--verify", "--quiet", *options, "--end-of-options", revision)
    except InputError:
        return ""
    return os.fsdecode(found).strip()
