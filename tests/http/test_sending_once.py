"""Requests that must not be sent twice, deletions, and requests with a secret in their path."""

import asyncio
import logging

import httpx2
import pytest

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Tally
from reconciler.model.secret import SecretText
from tests.http.scripted import Line, Naps, client, ok, problem

ONCE = Request(method="PUT", path="things/1", body={}, once=True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(problem(429, headers={"Retry-After": "7"}), ApiError), (problem(500), UnknownOutcomeError)],
)
def test_a_write_of_what_was_read_before_is_not_sent_again(answer: object, error: type[PortalError]) -> None:
    line, naps = Line(answer, ok({})), Naps()  # type: ignore[arg-type]

    with pytest.raises(error):
        asyncio.run(client(line, naps).send(ONCE))

    assert (len(line.requests), naps.seconds) == (1, [])


@pytest.mark.parametrize("answer", [ok({}), problem(404)])
def test_a_deletion_is_done_if_the_object_no_longer_exists(answer: httpx2.Response) -> None:
    tally = Tally()

    asyncio.run(client(Line(answer)).delete(Request(method="DELETE", path="things/1", tally=tally)))

    assert (tally.sent, tally.done) == (1, 1)


def test_a_secret_in_a_path_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "reconciler")
    line = Line(problem(404, "there is no key k3y"))
    request = Request(path="keys/k3y", secrets=(SecretText("k3y"),))

    with pytest.raises(ApiError) as raised:
        asyncio.run(client(line).send(request))

    assert raised.value.message.endswith("there is no key •••")
    assert [each.getMessage() for each in caplog.records if each.name == "reconciler.http.client"] == [
        "GET /keys/••• 404 0 ms"
    ]
    assert line.requests[0].url.path == "/keys/k3y"
