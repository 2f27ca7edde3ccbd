"""The errors of adapters that refuse a write because of what they read just before it."""

from http import HTTPStatus

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError


def changed(what: str) -> ApiError:
    """Return the error for an object that was changed since it was read."""
    message = f"{what} has changed since it was read"
    return ApiError(message, "make a new plan", HTTPStatus.PRECONDITION_FAILED)


def missing(what: str) -> PortalError:
    """Return the error for an object that is needed."""
    return PortalError(f"{what} is not in the portal", "make a new plan")


def in_use(what: str, why: str) -> ApiError:
    """Return the error for an object that other objects depend on."""
    return ApiError(f"{what} cannot be deleted: {why}", "make a new plan", HTTPStatus.CONFLICT)
