"""What the configuration of git says: the address of the remote repository, and the user's e-mail address."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from reconciler.cli.git.process import run
from reconciler.errors import InputError

_SSH: Final = re.compile(r"(?:ssh://)?(?:[^@/:]+@)?([A-Za-z0-9.-]+)(?::(?!//)(?:[0-9]+/)?|/)(.+)")


def origin(top: Path) -> str | None:
    """Return the web address of the remote repository `origin`, without user and password; or None."""
    return web_address(_setting(top, "remote.origin.url"))


def user_email(folder: Path) -> str:
    """Return the e-mail address of the user in git, or an empty text."""
    return _setting(folder, "user.email")


def web_address(remote: str) -> str | None:
    """Return the web address of a remote, without user, password and `.git`; None for a path."""
    if remote.startswith(("https://", "http://")):
        url = urlsplit(remote)
        return _address(url.scheme, url.netloc.rpartition("@")[2], url.path)
    found = _SSH.fullmatch(remote)
    if found is None or remote.startswith(("/", ".", "file:")):
        return None
    return _address("https", found[1], found[2])


def _address(scheme: str, host: str, path: str) -> str:
    return f"{scheme}://{host}/{path.strip('/').removesuffix('.git')}"


def _setting(folder: Path, name: str) -> str:
    try:
        return run(folder, "config", "--get", name).decode(errors="replace").strip()
    except InputError:
        return ""
