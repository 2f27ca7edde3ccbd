"""If-Match and If-None-Match (RFC 9110)."""

from reconciler.portal_server.operations.problems import ProblemError


def require_match(if_match: str | None, etag: str) -> None:
    """Reject with 412 unless the header is missing or has this entity tag."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag not in _tags(if_match):
        raise ProblemError(412, "The object has changed; its entity tag does not match If-Match.")


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller already has this entity tag, by weak comparison."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _tags(if_none_match)}


def _tags(header: str) -> set[str]:
    # Our tags contain no comma, so splitting there only breaks tags that cannot match.
    return {tag.strip() for tag in header.split(",")}
