"""Fetch commits that a checkout does not have, into a repository of its own beside it."""

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler.cli.git.process import run
from reconciler.cli.git.repository import Repository
from reconciler.errors import InputError
from reconciler.model.http_text import is_exposed, is_loopback
from reconciler.model.secret import SecretText

_SHA256: Final = 64
# No forge looks at the user where the password is a token.
_USER: Final = "x-access-token"
_OPTIONS: Final = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-gc")


class Remote(msgspec.Struct, frozen=True):
    """The web address of a repository, and the token that can read it."""

    address: str
    token: SecretText
    allow_http: bool = False


class Fetcher(msgspec.Struct, frozen=True):
    """A temporary repository with the commits of a checkout, and with those that were fetched.

    It has its own configuration, so that of the checkout does not matter. The checkout is not changed.
    """

    repository: Repository
    remote: Remote | None

    def require(self, commit: str) -> None:
        """Fetch a commit, by its full hash, with its history, unless it is here. Raises InputError."""
        if self.repository.has(commit):
            return
        if self.remote is None:
            raise InputError(f"commit {commit[:12]} is not in this clone", "fetch it first")
        top, environment = self.repository.top, _environment(self.remote)
        # The reference keeps its history from being fetched again.
        wanted = f"{commit}:refs/commits/{commit}"
        run(top, "fetch", *_OPTIONS, self.remote.address, wanted, environment=environment)


@contextmanager
def beside(checkout: Repository, remote: Remote | None) -> Iterator[Fetcher]:
    """Give a repository beside the one that is checked out. Raises InputError.

    The history in a shallow checkout is incomplete, so there everything is fetched.
    """
    with TemporaryDirectory(prefix="reconciler-commits-") as made:
        top, head = Path(made).resolve(), checkout.head()
        kind = ("--object-format=sha256",) if len(head) == _SHA256 else ()
        run(top, "init", "--quiet", "--template=", *kind)
        if not checkout.is_shallow():
            _share_objects(checkout, top)
            run(top, "update-ref", "refs/commits/checkout", head)
        yield Fetcher(Repository(top, checkout.prefix), remote)


def _share_objects(checkout: Repository, top: Path) -> None:
    found = os.fsdecode(run(checkout.top, "rev-parse", "--git-path", "objects")).removesuffix("\n")
    information = top / ".git" / "objects" / "info"
    information.mkdir(exist_ok=True)
    (information / "alternates").write_bytes(os.fsencode(checkout.top / found) + b"\n")


def _environment(remote: Remote) -> dict[str, str]:
    """Return the variables that give git the token: neither its command line nor any file has it."""
    url = urlsplit(remote.address)
    host = url.hostname
    if url.scheme not in {"https", "http"} or host is None:
        raise InputError(f"{remote.address} is not a web address, so nothing is fetched from it")
    if is_exposed(url.scheme, host) and not remote.allow_http:
        raise InputError(f"nothing is fetched from {remote.address}: the token would be sent unencrypted")
    login = b64encode(f"{_USER}:{remote.token.reveal()}".encode()).decode()
    settings = {
        f"http.{remote.address}.extraheader": f"Authorization: Basic {login}",
        "http.followRedirects": "false",
        "credential.helper": "",
        # Otherwise git runs in the checkout, with its configuration.
        "core.alternateRefsCommand": "true",
        **({"http.proxy": ""} if is_loopback(host) else {}),
    }
    return {
        "GIT_ALLOW_PROTOCOL": url.scheme,
        "GIT_ASKPASS": "",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **{f"GIT_CONFIG_KEY_{number}": name for number, name in enumerate(settings)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(settings.values())},
    }
