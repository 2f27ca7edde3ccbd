"""Whether the approvers in the configuration can approve in a project on GitLab."""

from collections.abc import Iterable, Iterator

from reconciler.forge.gitlab.roles import DEVELOPER, role_name
from reconciler.forge.gitlab.setup_schemas import Member


def unable_to_approve(approvers: Iterable[str], members: Iterable[Member]) -> dict[str, str]:
    """Return the approvers who cannot approve, each with the reason."""
    known = {each.username.casefold(): each for each in members}
    return dict(_unable(approvers, known))


def _unable(approvers: Iterable[str], known: dict[str, Member]) -> Iterator[tuple[str, str]]:
    for login in approvers:
        member = known.get(login.removeprefix("@").casefold())
        if member is None:
            yield login, "is not a member"
        elif member.state != "active":
            yield login, f"is {member.state}"
        elif member.access_level < DEVELOPER:
            yield login, f"has the role {role_name(member.access_level)}"
