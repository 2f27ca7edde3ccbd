import msgspec
import pytest

from reconciler.http import errors
from tests.portals.scripted import TOKEN, WHERE

PROBLEM = "application/problem+json"
HERE = 'portal "staging" at https://portal.example'


def body(**fields: object) -> bytes:
    return msgspec.json.encode(fields)


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, f"{HERE} does not accept the token: no", "check the token, which came from PORTAL_TOKEN"),
        (403, f"{HERE} refused (403): no", "use a token of scope admin; to plan, scope read is enough"),
        (
            404,
            f"{HERE} refused (404): no",
            "check the portal's address; if it is the right one, plan again",
        ),
        (409, f"{HERE} refused (409): no", "plan again: the portal was changed in between"),
        (
            412,
            f"{HERE} holds something else than what was read",
            "plan again: the portal was changed in between",
        ),
        (422, f"{HERE} refused (422): no", ""),
        (429, f"{HERE} refused (429): no", "try again later"),
        (499, f"{HERE} refused (499): no", ""),
    ],
)
def test_a_refusal_says_where_what_and_what_to_do(status: int, message: str, hint: str) -> None:
    error = errors.refused(WHERE, status, PROBLEM, body(detail="no"))

    assert (error.message, error.hint, error.status) == (message, hint, status)


def test_all_faults_of_a_body_are_named() -> None:
    faults = [{"pointer": "/name", "detail": "is required"}, {"pointer": "/x", "detail": "is unknown"}]

    error = errors.refused(WHERE, 422, PROBLEM, body(detail="The request is not valid.", errors=faults))

    assert error.message == (
        f"{HERE} refused (422): The request is not valid. /name is required; /x is unknown"
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
    assert errors.refused(WHERE, 409, media_type, content).message == f"{HERE} refused (409): Conflict"


def test_a_status_that_nobody_knows_is_said_to_be_one() -> None:
    assert errors.refused(WHERE, 499, "", b"").message == f"{HERE} refused (499): unknown status"


def test_what_a_portal_says_is_one_short_line_without_the_token() -> None:
    said = f"a\n\tb {TOKEN} " + "x" * 400

    message = errors.refused(WHERE, 409, PROBLEM, body(detail=said)).message

    assert message == f"{HERE} refused (409): a b ••• {'x' * 292}…"


def test_a_portal_in_this_process_has_no_address() -> None:
    where = msgspec.structs.replace(WHERE, address="")

    error = errors.unreadable(where, "nonsense")

    assert (error.message, error.hint) == ('portal "staging" answered nonsense', "")


def test_the_token_shows_in_no_description() -> None:
    assert TOKEN not in f"{WHERE!r} {WHERE}"
