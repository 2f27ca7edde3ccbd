import asyncio
import base64

import httpx2
import msgspec
import pytest

from reconciler.errors import InputError, PortalError
from reconciler.http.auth import Auth, BasicAuth, StaticToken
from reconciler.http.connection import open_client
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.http.scripted import WHERE, Answer, Line, Naps, ok

SECRET = SecretText("s3cret:with colon")
ENCODED = base64.b64encode(b"admin:s3cret:with colon").decode()
BASIC = BasicAuth("admin", SECRET, "PORTAL_PASSWORD")


def send(auth: Auth, *answers: Answer) -> httpx2.Headers:
    """Send a request, and return the headers that arrived."""
    line = Line(*answers)
    endpoint = msgspec.structs.replace(WHERE, auth=auth)

    async def run() -> None:
        async with open_client(endpoint, RetryPolicy(sleep=Naps(), random=lambda: 1.0), line) as client:
            await client.send(Request(path="things"))

    asyncio.run(run())
    return line.requests[0].headers


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (StaticToken(SecretText("t"), "T"), "Authorization", "Bearer t"),
        (StaticToken(SecretText("t"), "T", scheme="token"), "Authorization", "token t"),
        (StaticToken(SecretText("t"), "T", header="X-Api-Key", scheme=""), "X-Api-Key", "t"),
        (BASIC, "Authorization", f"Basic {ENCODED}"),
    ],
)
def test_credentials_are_sent_as_the_service_expects(auth: Auth, header: str, value: str) -> None:
    assert send(auth, ok({}))[header] == value


@pytest.mark.parametrize(
    ("auth", "message"),
    [
        (StaticToken(SecretText(""), "T"), 'portal "staging": T is empty'),
        (StaticToken(SecretText("a b"), "T"), 'portal "staging": T contains invalid characters'),
        (BasicAuth("admin", SecretText(""), "P"), 'portal "staging": P is empty'),
        (
            BasicAuth("ad:min", SECRET, "P"),
            'portal "staging": P belongs to a user name with a colon, which basic authentication cannot send',
        ),
    ],
)
def test_credentials_that_cannot_be_sent_are_refused_and_not_shown(auth: Auth, message: str) -> None:
    with pytest.raises(InputError) as raised:
        send(auth, ok({}))

    assert raised.value.message == message


def test_neither_a_password_nor_its_encoded_form_is_shown() -> None:
    said = f"{SECRET.reveal()} as {ENCODED} is wrong"
    answer = httpx2.Response(401, json={"detail": said}, headers={"Content-Type": "application/problem+json"})

    with pytest.raises(PortalError) as raised:
        send(BASIC, answer)

    assert raised.value.message.endswith("does not accept the password: ••• as ••• is wrong")
    assert "s3cret" not in repr(BASIC)
