"""JSON-RPC as Tryton 8.2 speaks it: a session by user and password, and calls of the methods of models."""

from base64 import b64encode
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.auth import StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.renewal import IssuedToken
from reconciler.http.request import Request
from reconciler.model.secret import SecretText

_PATH: Final = "rpc/"
# What an application of Tryton says about itself is in errors of these names, as message and description.
_EXPLAINED: Final = frozenset({"UserError", "UserWarning", "LoginException"})


class _Answer(msgspec.Struct, frozen=True):
    result: Any = None
    error: Any = None


class _Session(msgspec.Struct, frozen=True, array_like=True):
    user: int
    key: str


_ANSWER: Final = msgspec.json.Decoder(_Answer)


class Login:
    """Begins a session of a user; `began` says that there was one."""

    def __init__(self, user: str, password: SecretText) -> None:
        self._user = user
        self._password = password
        self.began = False

    async def issue(self, client: HttpClient) -> IssuedToken:
        """Return a new session. Raises PortalError if there is none to be had."""
        parameters = (self._user, {"password": self._password.reveal()}, "en")
        # Tryton counts attempts, and locks the user out after a few.
        found = await _call(client, "common.db.login", *parameters, once=True)
        try:
            session = msgspec.convert(found, _Session)
        except msgspec.ValidationError as error:
            raise errors.unexpected(client.endpoint, f"the session {error}") from None
        self.began = True
        text = b64encode(f"{self._user}:{session.user}:{session.key}".encode()).decode()
        return IssuedToken(StaticToken(SecretText(text), f"the session of {self._user}", scheme="Session"))


class TrytonRpc:
    """Calls methods that only read."""

    def __init__(self, client: HttpClient) -> None:
        self.client = client

    async def call(self, model: str, method: str, *parameters: Any) -> Any:
        """Return the result of a method of a model. Raises PortalError with the message of the server."""
        return await _call(self.client, f"model.{model}.{method}", *parameters, {})

    async def end_session(self) -> None:
        """End the session."""
        await _call(self.client, "common.db.logout", once=True)


async def _call(client: HttpClient, method: str, *parameters: Any, once: bool = False) -> Any:
    body = {"id": 0, "method": method, "params": parameters}
    answer = await client.fetch(Request(method="POST", path=_PATH, body=body, safe=True, once=once), _ANSWER)
    if answer.error is not None:
        raise _rejected(client, method, answer.error)
    return answer.result


def _rejected(client: HttpClient, method: str, error: Any) -> PortalError:
    """Return the error in an answer: a name with arguments, or a text with the trace of the server."""
    model = method.removeprefix("model.").rpartition(".")[0]
    endpoint = client.endpoint
    match error:
        case [str(name), [*texts]] if name in _EXPLAINED:
            # The first argument of these two is a name for programs.
            said = texts[1:2] if name != "UserError" else texts[:2]
            text = " ".join(each for each in said if isinstance(each, str) and each)
        case [str(text), *_] if text == repr(model):
            return PortalError(
                f"{endpoint}: there is no {model} in the database",
                f"activate the module of Tryton that has {model}",
            )
        case [str(text), *_]:
            pass
        case _:
            text = "an error without a text"
    hint = "check the rights of the user"
    if method == "common.db.login":
        hint = "use a user who needs nothing but a password"
    return errors.ApiError(
        f"{endpoint} rejected {method}: {endpoint.redact(text)}", hint, HTTPStatus.OK, endpoint.redact(text)
    )
