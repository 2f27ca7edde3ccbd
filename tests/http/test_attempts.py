"""Rights that are found out by writes that cannot succeed."""

import asyncio

import pytest

from reconciler.errors import PortalError
from reconciler.http.attempts import refusal
from reconciler.http.errors import ApiError
from reconciler.http.request import Request
from tests.http.scripted import Answer, Line, client, ok, problem

INVALID = Request(method="POST", path="members", body={}, safe=True)


def tried(answer: Answer) -> ApiError | None:
    return asyncio.run(refusal(client(Line(answer)), INVALID, (422, 404)))


def test_a_rejected_request_shows_the_right_and_a_forbidden_one_its_lack() -> None:
    refused = tried(problem(403, "read only"))

    assert (tried(problem(422)), tried(problem(404)), refused and refused.detail) == (None, None, "read only")


@pytest.mark.parametrize("answer", [problem(401), problem(409), problem(503), ok({"id": "mem_1"}, 201)])
def test_any_other_answer_is_an_error(answer: Answer) -> None:
    with pytest.raises(PortalError):
        tried(answer)
