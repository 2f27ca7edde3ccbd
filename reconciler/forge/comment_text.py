"""Comparison of comments as forges return them: with other line breaks, and without trailing spaces."""


def begins_with(body: str | None, marker: str) -> bool:
    """Return whether the first line of a comment is exactly this marker."""
    return bool(body) and (body or "").partition("\n")[0].strip() == marker


def same(one: str, other: str) -> bool:
    """Return whether two comments differ only in what forges change on their own."""
    return _normalized(one) == _normalized(other)


def _normalized(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").strip().split("\n"))
