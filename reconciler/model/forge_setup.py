"""What a repository on a forge must have so that its pipelines work."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

_ALL: Final = "all"


class ExpectedSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration asks of the repository.

    `secrets` are the names of the variables with secrets, by portal. `approvals` is whether approvals are
    enforced. `approvers` are the people and teams who can approve on this forge. `bots` are the accounts that
    merge what a source decides, by source, and empty where none is set.
    """

    secrets: Mapping[str, tuple[str, ...]] = {}
    approvals: bool = False
    approvers: tuple[str, ...] = ()
    bots: Mapping[str, str] = {}

    def secrets_of(self, portals: str | None) -> tuple[str, ...]:
        """Return the names of the secrets of the portals in RECONCILER_PORTAL; None means all portals."""
        named = re.split(r"[\s,]+", _ALL if portals is None else portals)
        chosen = self.secrets if _ALL in named else {*named} & self.secrets.keys()
        return tuple(sorted({secret for portal in chosen for secret in self.secrets[portal]}))
