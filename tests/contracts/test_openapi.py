"""Differences between an exchange and an OpenAPI document are found."""

from typing import Any

import pytest

from tests.contracts.openapi import Exchange, description

PORTALS = description("kong-portal-management-3.9.8.yaml")
ID = "8f9fd312-a987-4628-b4c5-bb4f4fddd5f7"
PATH = f"/portals/{ID}/teams"
TEAM = {
    "id": ID,
    "name": "acme.ops",
    "description": "Operations",
    "created_at": "2026-11-01T00:00:01Z",
    "updated_at": "2026-11-01T00:00:01Z",
}
LIST = {"data": [TEAM], "meta": {"page": {"number": 1, "size": 10, "total": 1}}}
PROBLEM = {"status": 404, "title": "Not Found", "instance": "kong:trace:1", "detail": "Not Found"}


def problems(method: str, path: str, **others: Any) -> list[str]:
    exchange = {"query": {}, "body": None, "status": 200, "media_type": "application/json", **others}
    return PORTALS.problems(Exchange(method=method, path=path, **exchange))


@pytest.mark.parametrize(
    "exchange",
    [
        {"query": {"page[size]": "100", "page[number]": "2"}, "answer": LIST},
        {"query": {"filter[name][eq]": "acme.ops"}, "answer": LIST},
        {"query": {"filter[name]": "acme.ops"}, "answer": LIST},
        {"status": 404, "media_type": "application/problem+json", "answer": PROBLEM},
    ],
)
def test_what_is_described_has_no_problems(exchange: dict[str, Any]) -> None:
    assert problems("GET", PATH, **exchange) == []


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        ({"query": {"limit": "5"}, "answer": LIST}, "the parameter limit is not described"),
        ({"query": {"page[limit]": "5"}, "answer": LIST}, "[]:"),
        ({"query": {"filter[id][eq]": ID}, "answer": LIST}, "[]:"),
        ({"query": {"filter[name][like]": "acme"}, "answer": LIST}, "[]:"),
        ({"answer": {"data": [TEAM]}}, '[]: "meta" is a required property'),
        ({"answer": {**LIST, "data": [{**TEAM, "id": "7"}]}}, "['data', 0, 'id']: \"7\" is not a \"uuid\""),
        ({"status": 409, "answer": PROBLEM}, "the status is not described"),
        ({"media_type": "text/html", "answer": LIST}, "the media type text/html is not described"),
        ({"body": {"name": "acme"}, "answer": LIST}, "the request may have no body"),
    ],
)
def test_what_differs_is_named(exchange: dict[str, Any], problem: str) -> None:
    [found] = problems("GET", PATH, **exchange)

    assert f"GET {PATH} → {exchange.get('status', 200)}: {problem}" in found


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "the request has no body"),
        ({}, '[]: "name" is a required property'),
        (
            {"name": "acme.ops", "labels": {}},
            "[]: Additional properties are not allowed ('labels' was unexpected)",
        ),
        ({"name": "x" * 251}, "['name']:"),
    ],
)
def test_a_wrong_body_is_named(body: Any, problem: str) -> None:
    [found] = problems("POST", PATH, body=body, status=201, answer=TEAM)

    assert f"POST {PATH} → 201: {problem}" in found


def test_a_wrong_path_is_named() -> None:
    assert problems("GET", "/portals/7/teams", answer=LIST) == [
        'GET /portals/7/teams → 200: []: "7" is not a "uuid"'
    ]
    assert problems("GET", "/teams", answer=LIST) == ["GET /teams is not described"]
