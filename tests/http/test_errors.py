import msgspec
import pytest

from reconciler.http import errors
from reconciler.http.request import Response
from tests.http.scripted import TOKEN, WHERE

PROBLEM = "application/problem+json"
HERE = 'portal "staging" at https://portal.example'


def body(**fields: object) -> bytes:
    return msgspec.json.encode(fields)


def rejected(status: int, media_type: str, content: bytes, wait: float | None = None) -> errors.ApiError:
    return errors.rejected(WHERE, Response(status, {}, media_type, content), wait)


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, f"{HERE} does not accept the token: no", "check the token from PORTAL_TOKEN"),
        (403, f"{HERE} rejected the request (403): no", "use another token"),
        (404, f"{HERE} rejected the request (404): no", ""),
        (412, f"{HERE}: the object has changed since it was read", ""),
        (429, f"{HERE} rejected the request (429): no", "try again later"),
        (503, f"{HERE} rejected the request (503): no", "try again later"),
        (499, f"{HERE} rejected the request (499): no", ""),
    ],
)
def test_a_refusal_says_where_what_and_what_to_do(status: int, message: str, hint: str) -> None:
    error = rejected(status, PROBLEM, body(detail="no"))

    assert (error.message, error.hint, error.status) == (message, hint, status)


def test_a_wait_that_the_service_asks_for_is_shown() -> None:
    assert rejected(429, "", b"", 1800.0).hint == "try again in 1,800 seconds"


def test_all_faults_of_a_body_are_named() -> None:
    faults = [{"pointer": "/name", "detail": "is required"}, {"pointer": "/x", "detail": "is unknown"}]

    error = rejected(422, PROBLEM, body(detail="The request is not valid.", errors=faults))

    assert error.message == (
        f"{HERE} rejected the request (422): The request is not valid. /name is required; /x is unknown"
    )


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("text/html", b"<h1>no</h1>"),
        (PROBLEM, b"{"),
        (PROBLEM, b"\xff"),
        (PROBLEM, b'{"detail": 1}'),
        ("", b""),
    ],
)
def test_a_refusal_without_a_problem_document_is_named_by_its_status(media_type: str, content: bytes) -> None:
    assert rejected(409, media_type, content).message == f"{HERE} rejected the request (409): Conflict"


def test_a_status_that_nobody_knows_is_said_to_be_one() -> None:
    assert rejected(499, "", b"").message == f"{HERE} rejected the request (499): unknown status"


def test_what_a_portal_says_is_one_short_line_without_the_token() -> None:
    said = f"a\n\tb {TOKEN} " + "x" * 400

    message = rejected(409, PROBLEM, body(detail=said)).message

    assert message == f"{HERE} rejected the request (409): a b ••• {'x' * 292}…"


def test_a_portal_in_this_process_has_no_address() -> None:
    where = msgspec.structs.replace(WHERE, address="")

    error = errors.unexpected(where, "nonsense")

    assert error.message == 'portal "staging" sent an unexpected response: nonsense'


def test_the_token_shows_in_no_description() -> None:
    assert TOKEN not in f"{WHERE!r} {WHERE}"
