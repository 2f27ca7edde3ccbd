"""What a repository on a forge must have so that its pipelines work, and the forges that can check it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol, runtime_checkable

import msgspec

from reconciler.model.health import Check

_ALL: Final = "all"


class ExpectedSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration asks of the repository.

    `secrets` are the names of the variables with secrets, by portal. `approvals` is whether approvals are
    enforced.
    """

    secrets: Mapping[str, tuple[str, ...]] = {}
    approvals: bool = False

    def secrets_of(self, portals: str | None) -> tuple[str, ...]:
        """Return the names of the secrets of the portals in RECONCILER_PORTAL; None means all portals."""
        named = re.split(r"[\s,]+", _ALL if portals is None else portals)
        chosen = self.secrets if _ALL in named else {*named} & self.secrets.keys()
        return tuple(sorted({secret for portal in chosen for secret in self.secrets[portal]}))


@runtime_checkable
class CheckedSetup(Protocol):
    """What a forge adds to `Forge` if it can check how the repository is set up."""

    def setup_checks(self, expected: ExpectedSetup) -> Sequence[Check]:
        """Return the checks of the repository's set-up; they read, and never write.

        Their names begin with `setup-`. A check is skipped if the token lacks the right to it; the hint says
        who can run it. A missing step has the calls that set it in `fix`; they work in the order of the
        checks.
        """
        ...
