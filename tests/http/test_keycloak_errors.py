"""The explanations in error responses of Keycloak."""

import pytest

from reconciler.http.keycloak import error_detail
from reconciler.http.request import Response


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            b'{"errorMessage": "Top level group named acme already exists."}',
            "Top level group named acme already exists.",
        ),
        (b'{"error": "HTTP 403 Forbidden"}', "HTTP 403 Forbidden"),
        (b'{"error": "invalid_client", "error_description": "Unknown"}', "invalid_client: Unknown"),
        (b"<h1>Bad gateway</h1>", ""),
        (b"{}", ""),
        (b"[]", ""),
    ],
)
def test_the_explanation_of_an_error(body: bytes, text: str) -> None:
    assert error_detail(Response(400, {}, "application/json", body)) == text
