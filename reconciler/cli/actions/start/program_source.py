"""Where this program was installed from: the pipelines of a new repository install the same version."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import msgspec

import reconciler
from reconciler import __version__
from reconciler.cli.git import revisions, settings
from reconciler.errors import InputError
from reconciler.scaffold import CI, Source, is_action

# In place of the address, where it is not known.
UNKNOWN: Final = Source("https://github.com/OWNER/reconciler", f"v{__version__}", __version__)
_GIVEN: Final = re.compile(r"(https?://[A-Za-z0-9._~:/%-]+)@([A-Za-z0-9][A-Za-z0-9._/-]*)")
_HASH: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def program_source(given: str | None, ci: CI) -> Source:
    """Return the given source, as URL@REVISION, or the one that this program is from, if the CI can use it.

    Raises InputError for one that is not valid.
    """
    if given is not None:
        found = _GIVEN.fullmatch(given)
        if found is None:
            hint = "write it as URL@COMMIT, such as https://github.com/OWNER/reconciler@v0.1.0"
            raise InputError(f"--source: {given} is not an address with a commit or tag", hint)
        return Source(found[1].removesuffix(".git"), found[2], __version__)
    ours = _installed() or _checked_out() or UNKNOWN
    return ours if ci != "github" or is_action(ours) else UNKNOWN


def _installed() -> Source | None:
    """Return the repository that pip installed this package from, which PEP 610 lets it record."""
    try:
        package = distribution("reconciler")
    except PackageNotFoundError:
        return None
    ours = Path(reconciler.__file__).resolve()
    if Path(str(package.locate_file("reconciler/__init__.py"))).resolve() != ours:
        # Another program on PyPI has the same name.
        return None
    record: Any = msgspec.json.decode(package.read_text("direct_url.json") or "{}")
    url = settings.web_address(record.get("url", ""))
    return _source(url, record.get("vcs_info", {}).get("commit_id", ""))


def _checked_out() -> Source | None:
    """Return the remote repository of the checkout that this program runs in, with its commit."""
    top = Path(reconciler.__file__).resolve().parents[1]
    if not (top / ".git").exists():
        return None
    try:
        return _source(settings.origin(top), revisions.head(top))
    except InputError:
        return None


def _source(url: str | None, commit: str) -> Source | None:
    return Source(url, commit, __version__) if url and _HASH.fullmatch(commit) else None
