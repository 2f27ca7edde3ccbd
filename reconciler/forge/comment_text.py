"""Comments as forges keep them: with line breaks of their own, and without space at the end."""


def begins_with(body: str | None, marker: str) -> bool:
    """Whether the first line of a comment is this marker and nothing else."""
    return bool(body) and (body or "").partition("\n")[0].strip() == marker


def same(one: str, other: str) -> bool:
    """Whether two comments differ in nothing but what forges change of their own accord."""
    return _plain(one) == _plain(other)


def _plain(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").strip().split("\n"))
