"""The check of the rate limit of a service."""

from collections.abc import Mapping

from reconciler.http.client import HttpClient
from reconciler.http.rate_limit_headers import rate_limit_reset
from reconciler.model.health import Check, CheckResult, ok, warning
from reconciler.model.http_text import whole_number


def rate_limit_check(client: HttpClient) -> Check:
    """Return a check that reports the rate limit headers of the last response."""

    async def run() -> CheckResult:
        return rate_limit(client)

    return Check("rate-limit", run)


def rate_limit(client: HttpClient) -> CheckResult:
    """Return the rate limit headers of the last response."""
    headers = client.last_headers
    found = {name: value for name, value in headers.items() if "ratelimit" in name.replace("-", "").lower()}
    if not found:
        return ok("no rate limit in the headers of the responses")
    detail = client.endpoint.redact(", ".join(f"{name}: {value}" for name, value in found.items()))
    if rate_limit_reset(headers) is not None or whole_number(_remaining(headers)) == 0:
        return warning(
            detail, "nothing is left for now: wait, or use credentials that are used by no other job"
        )
    return ok(detail)


def _remaining(headers: Mapping[str, str]) -> str:
    """Return the value of the header that GitHub and others use."""
    return headers.get("X-RateLimit-Remaining", "")
