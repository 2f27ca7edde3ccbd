"""Calls of an application in this process."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from reconciler.http.in_process import InProcess


async def echo(request: Request) -> Response:
    return Response(await request.body() + request.url.query.encode(), 201)


async def stream(_: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("in ", "pieces"):
            await asyncio.sleep(0)
            yield piece

    return StreamingResponse(pieces())


async def fail(_: Request) -> Response:
    raise ArithmeticError("no")


APPLICATION = Starlette(
    routes=[
        Route("/echo", echo, methods=["POST"]),
        Route("/stream", stream),
        Route("/fail", fail),
    ]
)


def answer(method: str, path: str, body: bytes = b"", *, raises: bool = False) -> tuple[int, bytes]:
    async def run() -> tuple[int, bytes]:
        transport = InProcess(APPLICATION, raises=raises)
        async with httpx2.AsyncClient(transport=transport, base_url="http://portal.invalid") as client:
            response = await client.request(method, path, content=body)
            return response.status_code, response.content

    return asyncio.run(run())


def test_an_application_gets_body_and_query_and_its_response_comes_back() -> None:
    assert answer("POST", "/echo?a=1", b"body ") == (201, b"body a=1")


def test_a_response_that_is_streamed_is_complete() -> None:
    assert answer("GET", "/stream") == (200, b"in pieces")


def test_a_failure_of_an_application_is_a_response_or_an_exception() -> None:
    assert answer("GET", "/fail") == (500, b"Internal Server Error")
    with pytest.raises(ArithmeticError, match="no"):
        answer("GET", "/fail", raises=True)
