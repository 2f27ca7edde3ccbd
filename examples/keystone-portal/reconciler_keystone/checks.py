"""What `reconciler doctor` checks besides the connection: who we are, and what we may do."""

from collections.abc import Sequence
from typing import Final

from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from reconciler.model.health import Check, CheckResult, ok, warning
from reconciler_keystone.schemas import LISTS, ROLES_OF_TOKEN

RIGHTS: Final = "give the user the role reader on the system to plan, and admin to apply"


def checks(client: HttpClient) -> Sequence[Check]:
    """Return the checks of a Keystone."""

    async def roles() -> list[str]:
        headers = await client.endpoint.auth.headers()
        request = Request(path="auth/tokens", headers={"X-Subject-Token": headers["X-Auth-Token"]})
        return sorted(role.name for role in (await client.fetch(request, ROLES_OF_TOKEN)).token.roles)

    async def account() -> CheckResult:
        # Keystone gives this token only to a user with a role on the system.
        return ok(client.endpoint.redact(f"roles on the system: {', '.join(await roles())}"))

    async def right_plan() -> CheckResult:
        for name, decoder in LISTS.items():
            query = {} if name == "role_assignments" else {"limit": "1"}
            await client.fetch(Request(path=name, query=query), decoder)
        return ok("domains, groups, users, projects, roles and role assignments can be read")

    async def right_apply() -> CheckResult:
        if "admin" in await roles():
            return ok("the user may change them")
        return warning(
            "the user does not have the role admin on the system, so apply is not possible", RIGHTS
        )

    return (
        Check("account", account, needs=()),
        Check("right-plan", right_plan),
        Check("right-apply", right_apply),
    )
