"""If-Match and If-None-Match (RFC 9110)."""

from reconciler.portal_server.problems import ProblemError


def require_match(if_match: str | None, etag: str) -> None:
    """Refuse with 412 unless the header is missing or names this entity tag."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag not in _tags(if_match):
        raise ProblemError(412, "The object is no longer the one that If-Match names.")


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller has this entity tag already; compared weakly, as the RFC says."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _tags(if_none_match)}


def _tags(header: str) -> set[str]:
    # Our own tags hold no comma, so splitting there can only break those that cannot match anyway.
    return {tag.strip() for tag in header.split(",")}
