"""The representations of Keystone's API that are read; everything else in them is left alone."""

from typing import Any, Final, Literal

import msgspec

# An attribute of domains and groups; Keystone stores attributes that it does not know.
OWNER: Final = "reconciler_owner"


class Object(msgspec.Struct, frozen=True):
    """A domain, group, user, project or role."""

    id: str
    name: str
    domain_id: str | None = None
    description: str | None = None
    reconciler_owner: str | None = None


class Reference(msgspec.Struct, frozen=True):
    """An object in a role assignment."""

    id: str


class Scope(msgspec.Struct, frozen=True):
    """Where a role holds: in a project, a domain or the whole system; also below it if it is inherited."""

    project: Reference | None = None
    domain: Reference | None = None
    inherited_to: str | None = msgspec.field(default=None, name="OS-INHERIT:inherited_to")


class Assignment(msgspec.Struct, frozen=True):
    """A role of a group or a user."""

    role: Reference
    scope: Scope
    group: Reference | None = None
    user: Reference | None = None


class Links(msgspec.Struct, frozen=True):
    """The address of the next page."""

    next: str | None = None


class TokenTimes(msgspec.Struct, frozen=True):
    """When a token was issued, and until when it is valid."""

    issued_at: str
    expires_at: str


class TokenBody(msgspec.Struct, frozen=True):
    """The response to an authentication; the token itself is in a header."""

    token: TokenTimes


class TokenRoles(msgspec.Struct, frozen=True):
    """The roles that a token has where it is valid."""

    roles: list[Object]


class RolesBody(msgspec.Struct, frozen=True):
    """A token that was looked up."""

    token: TokenRoles


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, in an error response."""

    message: str = ""


class ErrorBody(msgspec.Struct, frozen=True):
    """An error response."""

    error: Problem = Problem()


def _list(name: str, item: type) -> "msgspec.json.Decoder[Any]":
    """Return the decoder of a list. The key `name` is required: a body without it is not an empty list."""
    fields: list[tuple[str, Any, Any]] = [
        ("items", list[item], msgspec.field(name=name)),  # type: ignore[valid-type]
        ("links", Links, msgspec.field(default=Links())),
        ("truncated", bool, msgspec.field(default=False)),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("List", fields, frozen=True))


# Each has `items`; `truncated` says that the server left out the rest of the list.
PAGED: Final = ("domains", "groups", "users", "projects")
LISTS: Final = {
    **{name: _list(name, Object) for name in (*PAGED, "roles")},
    "role_assignments": _list("role_assignments", Assignment),
}
ONE: Final = msgspec.json.Decoder(dict[Literal["domain", "group", "user"], Object])
TOKEN: Final = msgspec.json.Decoder(TokenBody)
ROLES_OF_TOKEN: Final = msgspec.json.Decoder(RolesBody)
ERROR: Final = msgspec.json.Decoder(ErrorBody)
