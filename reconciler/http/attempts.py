"""Find out without writing whether a service would allow a write."""

from collections.abc import Collection
from http import HTTPStatus

from reconciler.http import errors
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request


async def refusal(client: HttpClient, request: Request, rejected: Collection[int]) -> ApiError | None:
    """Send a write that can never succeed; return the error that forbids it, or None if it is allowed.

    Such a request is invalid, or about an object that does not exist. The service must check the right first:
    `rejected` are the statuses with which it rejects the request of an account that has the right. Raises
    PortalError for any other response, a good one included.
    """
    try:
        await client.send(request)
    except ApiError as error:
        if error.status == HTTPStatus.FORBIDDEN:
            return error
        if error.status in rejected:
            return None
        raise
    raise errors.unexpected(client.endpoint, f"it accepted an invalid request for {request.path}")
