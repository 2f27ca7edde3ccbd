"""Check the people who can approve for owners."""

from collections.abc import Iterator

from reconciler.model.approval import FORGES
from reconciler.model.configuration import Configuration, ConfigurationSpec
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index


def single_approver(index: Index) -> Iterator[Violation]:
    """Report owners who have only one approver on a forge, if their approvals are enforced.

    Nobody could approve that person's own changes.
    """
    if index.settings.approvals not in {None, "enforce"}:
        return
    for owner, forge, logins, path in _listed(index.settings):
        if len({login.lower() for login in logins}) == 1:
            yield Violation(
                index.configuration,
                path,
                f'owner "{owner}" has only one approver on {FORGES[forge]}: nobody can approve changes by'
                f" {logins[0]}",
                "add another approver",
            )


def duplicate_approver(index: Index) -> Iterator[Violation]:
    """Report approvers who are listed twice for an owner; forges ignore the case of user names."""
    # Errors in the configuration of a branch must not appear only after its merge.
    document = index.context.repository.branch_configuration or index.configuration
    spec = document.body.spec if isinstance(document.body, Configuration) else index.settings
    for owner, forge, logins, path in _listed(spec):
        seen: set[str] = set()
        for number, login in enumerate(logins):
            if login.lower() in seen:
                message = f'{login} is already an approver of owner "{owner}" on {FORGES[forge]}'
                yield Violation(document, (*path, number), message, "remove one of the entries")
            seen.add(login.lower())


def _listed(spec: ConfigurationSpec) -> Iterator[tuple[str, str, tuple[str, ...], Path]]:
    """Yield owner, forge, user names and their place."""
    for owner, known in spec.owners.items():
        for forge in FORGES:
            logins: tuple[str, ...] = getattr(known.approvers, forge)
            yield owner, forge, logins, ("spec", "owners", owner, "approvers", forge)
