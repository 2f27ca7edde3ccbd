"""Ask people for reviews, as GitHub and Gitea take requests."""

from collections.abc import Collection, Sequence
from http import HTTPStatus

from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request


async def request_reviews(
    client: HttpClient, pull: str, logins: Sequence[str], refusals: Collection[HTTPStatus]
) -> tuple[str, ...]:
    """Ask people for a review of the pull request at this path, and return who was asked.

    The forge refuses the whole request if it refuses one person, so then each person is asked alone.
    """
    if not logins or await _accepted(client, pull, logins, refusals):
        return tuple(logins)
    alone = logins if len(logins) > 1 else ()
    return tuple([login for login in alone if await _accepted(client, pull, [login], refusals)])


async def _accepted(
    client: HttpClient, pull: str, logins: Sequence[str], refusals: Collection[HTTPStatus]
) -> bool:
    body = {"reviewers": list(logins)}
    request = Request(method="POST", path=f"{pull}/requested_reviewers", body=body, repeatable=True)
    try:
        await client.send(request)
    except ApiError as error:
        if error.status in refusals:
            return False
        raise
    return True
