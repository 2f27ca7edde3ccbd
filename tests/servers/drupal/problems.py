"""Error documents, as Drupal's JSON:API sends them."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

VERSION: Final = {"version": "1.0", "meta": {"links": {"self": {"href": "http://jsonapi.org/format/1.0/"}}}}
_SECTIONS: Final = {400: 1, 401: 2, 403: 4, 404: 5, 405: 6, 409: 10, 415: 16}
_RFC: Final = "http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4"
_TITLES: Final = {422: "Unprocessable Content"}


class ProblemError(Exception):
    """A rejected request; `headers` are those of the response."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] = {}) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.detail = detail

    def errors(self, url: str) -> list[dict[str, Any]]:
        """Return the errors of the document."""
        links = {"via": {"href": url}}
        if self.status in _SECTIONS:
            links["info"] = {"href": f"{_RFC}.{_SECTIONS[self.status]}"}
        return [{**_head(self.status, self.detail), "links": links}]


class InvalidError(ProblemError):
    """An entity that violates constraints, each with its field."""

    def __init__(self, violations: Iterable[tuple[str, str]]) -> None:
        super().__init__(422, "Unprocessable Entity: validation failed.")
        self._violations = tuple(violations)

    def errors(self, url: str) -> list[dict[str, Any]]:  # noqa: ARG002  the signature of the others
        """Return an error for each violation."""
        return [
            {
                **_head(422, f"{field}: {message}"),
                "source": {"pointer": f"/data/attributes/{field.replace('.', '/')}"},
            }
            for field, message in self._violations
        ]


def _head(status: int, detail: str) -> dict[str, str]:
    return {
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": str(status),
        "detail": detail,
    }
