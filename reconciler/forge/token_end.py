"""The check of the last day of a forge's token."""

from datetime import date
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.health import CheckResult, failed, ok, warning

_RENEW_DAYS: Final = 14


def token_end(written: str | None, today: str) -> CheckResult:
    """Return a warning if a token ends soon; `written` is the day on which it ends."""
    if written is None:
        return ok("the forge names no end of the token")
    try:
        ends = date.fromisoformat(written)
    except ValueError:
        return failed("the forge sent an invalid end of the token", "check the token in the forge")
    left = (ends - date.fromisoformat(today)).days
    detail = f"the token ends on {ends.isoformat()}"
    if left < _RENEW_DAYS:
        return warning(f"{detail}, in {counted(max(left, 0), 'day')}", "create a new token before that day")
    return ok(detail)
