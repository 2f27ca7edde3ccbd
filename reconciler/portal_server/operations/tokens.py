"""Bearer tokens: stored as hashes, shown once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from hmac import compare_digest
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import Connection, bindparam, select

from reconciler.portal_server.operations import audit, objects
from reconciler.portal_server.operations.context import Call, Caller, HttpResponse
from reconciler.portal_server.operations.kinds import TOKEN
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.seed import Operator
from reconciler.portal_server.storage.tables import partners, teams, tokens
from reconciler.portal_server.values.identifiers import new_secret, secret_hash

Connect: TypeAlias = Callable[[], AbstractContextManager[Connection]]

_FIND: Final = (
    select(
        tokens.c.id,
        tokens.c.name,
        tokens.c.scope,
        tokens.c.team_id,
        teams.c.delegated,
        partners.c.id,
        partners.c.status,
    )
    .select_from(
        tokens.outerjoin(teams, tokens.c.team_id == teams.c.id).outerjoin(
            partners, teams.c.partner_id == partners.c.id
        )
    )
    .where(tokens.c.token_hash == bindparam("token_hash"))
)


def authenticate(connect: Connect, authorization: str | None, operator: Operator | None = None) -> Caller:
    """Return the owner of the token in the header. Reject with 401, without repeating the header.

    The operator's token is not in the database and is checked first.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _unauthorized("A bearer token is required.", "Bearer")
    token_hash = secret_hash(secret.strip())
    if operator is not None and compare_digest(secret_hash(operator.token), token_hash):
        return Caller(None, operator.name, "admin")
    with connect() as connection:
        row = connection.execute(_FIND, {"token_hash": token_hash}).one_or_none()
    caller = Caller(*row) if row is not None else None
    # A token without an existing team has no permissions.
    if caller is None or (caller.scope == "team" and caller.partner_id is None):
        raise _unauthorized("The bearer token is not valid.", 'Bearer error="invalid_token"')
    return caller


def create(call: Call) -> HttpResponse:
    """Issue a token; repetitions of the request do not return its text again."""
    values = msgspec.structs.asdict(call.body)
    objects.check_references(call, TOKEN, values)
    token, secret = issue(call, values)
    response = objects.created(TOKEN, msgspec.structs.replace(token, token=secret))
    return msgspec.structs.replace(response, stored_body=msgspec.json.encode(token))


def issue(call: Call, values: dict[str, Any]) -> tuple[Any, str]:
    """Create a token; return the token and its text."""
    secret = new_secret("rpt")
    token = objects.insert(call, TOKEN, {**values, "created_at": call.time}, token_hash=secret_hash(secret))
    audit.record(call, "create", TOKEN.name, token)
    return token, secret


def _unauthorized(detail: str, challenge: str) -> ProblemError:
    return ProblemError(401, detail, headers={"WWW-Authenticate": challenge})
