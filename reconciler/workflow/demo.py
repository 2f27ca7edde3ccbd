"""Fill an embedded portal with what files define, without a question: only for a demo of its own."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette

from reconciler.errors import PolicyError
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.model.secret import SecretText
from reconciler.portals import Credential, Credentials, portal_type
from reconciler.workflow.apply import ApplyOptions, apply, require_complete
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import ValidationResult


async def fill(
    checked: ValidationResult,
    name: str,
    application: Starlette,
    token: str,
    now: Callable[[], datetime],
    commit: str | None,
) -> None:
    """Plan the files for the portal of that name, and apply the plan to an application with its token.

    Raises PolicyError where the files allow no plan, and the errors of plan and apply.
    """
    settings = EmbeddedPortal(type="embedded", database="demo")
    credentials = Credentials(
        name, {"token": Credential("the token of the demo", SecretText(token))}, application
    )
    async with portal_type("embedded").open(settings, credentials) as portal:
        options = PlanOptions(portal=name, now=now(), commit=commit)
        planned = await plan(checked, portal, options, _ignore)
        if checked.repository is None or planned.plan is None:
            raise PolicyError(
                "the files of the demo are not valid", "`reconciler validate` shows what is wrong"
            )
        today = now().date().isoformat()
        settings_of_apply = ApplyOptions(today=today, now=now, progress=_ignore, desired=planned.desired)
        receipt = await apply(planned.plan, portal, checked.repository.configuration, settings_of_apply)
        require_complete(receipt)


def _ignore(_what: str, _count: int, _total: int | None) -> None:
    """Report no progress: a demo is filled in a moment."""
