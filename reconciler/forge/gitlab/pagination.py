"""Further pages of GitLab's lists: a header has the number of the next one."""

from collections.abc import AsyncIterator, Mapping

from reconciler.forge.http import PAGE_SIZE, Answer, ForgeClient, Request


def pages(client: ForgeClient, path: str, query: Mapping[str, str]) -> AsyncIterator[Answer]:
    """Yield the pages of a list."""

    def following(answer: Answer) -> Request | None:
        page = answer.headers.get("X-Next-Page", "").strip()
        further = {**query, "per_page": PAGE_SIZE, "page": page}
        return Request(method="GET", path=path, query=further) if page else None

    return client.pages(path, query, following)
