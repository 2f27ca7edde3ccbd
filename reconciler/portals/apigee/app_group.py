"""An AppGroup, and the attributes in which it has members, granted APIs and the owner label."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.errors import InputError
from reconciler.model.identity import canonical_email
from reconciler.model.ids import encoded
from reconciler.model.json_input import ANY_JSON, decode_json

# The attribute in which developer portals keep the members of an AppGroup.
MEMBERS: Final = "__apigee_reserved__developer_details"
OWNER: Final = "reconciler_owner"
APIS: Final = "reconciler_apis"
ADMIN: Final = "admin"
MEMBER: Final = "member"
# What the API sets itself. It does not accept all of it in requests.
_OUTPUT_ONLY: Final = (
    "appGroupId",
    "organization",
    "createdAt",
    "createdBy",
    "lastModifiedAt",
    "lastModifiedBy",
)
_APIS: Final["msgspec.json.Decoder[list[str]]"] = msgspec.json.Decoder(list[str])

Json: TypeAlias = dict[str, Any]


class Attribute(msgspec.Struct, frozen=True, gc=False):
    """A name with a value."""

    name: str
    value: str = ""


class AppGroup(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The fields of an AppGroup that are read. `last_modified_at` is in milliseconds."""

    name: str
    display_name: str = ""
    attributes: tuple[Attribute, ...] = ()
    last_modified_at: int = 0

    def attribute(self, name: str) -> str | None:
        """Return the value of an attribute, or None."""
        return next((each.value for each in self.attributes if each.name == name), None)

    @property
    def owner(self) -> str | None:
        """The owner label."""
        return self.attribute(OWNER)

    @property
    def apis(self) -> frozenset[str]:
        """The granted APIs."""
        try:
            found = decode_json((self.attribute(APIS) or "[]").encode(), _APIS)
        except msgspec.DecodeError:
            return frozenset()
        return frozenset(found)

    @property
    def entries(self) -> list[Json]:
        """The entries of members. Raises ValueError if their attribute has another form."""
        try:
            found = decode_json((self.attribute(MEMBERS) or "[]").encode(), ANY_JSON)
        except msgspec.DecodeError as error:
            raise ValueError(f"the attribute {MEMBERS} is not JSON: {error}") from error
        if not isinstance(found, list) or not all(map(_is_entry, found)):
            raise ValueError(f"the attribute {MEMBERS} is not a list of developers with roles")
        return found

    @property
    def members(self) -> dict[str, str]:
        """The role of each person, by encoded address. Raises ValueError as `entries` does."""
        found: dict[str, str] = {}
        for entry in self.entries:
            person = person_of(entry["developer"])
            is_admin = ADMIN in _roles(entry) or found.get(person) == ADMIN
            found[person] = ADMIN if is_admin else MEMBER
        return found

    @property
    def is_used(self) -> bool:
        """Whether it has members or grants."""
        return bool(self.apis) or self.attribute(MEMBERS) not in {None, "", "[]"}

    @property
    def fields(self) -> dict[str, Any]:
        """The managed fields of the team."""
        return {"displayName": self.display_name} if self.display_name else {}


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("developer"), str)


def _roles(entry: Mapping[str, Any]) -> list[str]:
    roles = entry.get("roles")
    return [each for each in roles if isinstance(each, str)] if isinstance(roles, list) else []


def person_of(developer: str) -> str:
    """Return the encoded person of an address; other texts get one in a reserved domain."""
    try:
        return encoded(canonical_email(developer if "@" in developer else f"{developer}@users.invalid"))
    except InputError:
        return encoded(f"{developer}@users.invalid")


def writable(raw: Mapping[str, Any]) -> Json:
    """Return the part of an AppGroup that is written; the API removes what a request leaves out."""
    return {key: value for key, value in raw.items() if key not in _OUTPUT_ONLY}


def with_attribute(raw: Json, name: str, value: str | None) -> Json:
    """Return an AppGroup with another value of one attribute; None removes it. The others stay in place."""
    attributes: list[Json] = list(raw.get("attributes", ()))
    at = next((at for at, each in enumerate(attributes) if each.get("name") == name), None)
    if value is None:
        attributes = [each for each in attributes if each.get("name") != name]
    elif at is None:
        attributes.append({"name": name, "value": value})
    else:
        attributes[at] = {**attributes[at], "value": value}
    return {**raw, "attributes": attributes}


def with_role(entries: Sequence[Json], person: str, address: str, role: str | None) -> list[Json]:
    """Return the entries after a person has got a role, or is removed. Other roles of the person survive."""
    if role is None:
        return [entry for entry in entries if person_of(entry["developer"]) != person]
    if all(person_of(entry["developer"]) != person for entry in entries):
        return [*entries, {"developer": address, "roles": [role]}]
    return [
        {**entry, "roles": _changed(_roles(entry), role)}
        if person_of(entry["developer"]) == person
        else entry
        for entry in entries
    ]


def members_text(entries: Sequence[Json]) -> str:
    """Return the value of the attribute of members."""
    return msgspec.json.encode(entries).decode()


def apis_text(apis: Iterable[str]) -> str | None:
    """Return the value of the attribute of granted APIs."""
    return msgspec.json.encode(sorted(apis)).decode() if apis else None


def _changed(roles: Sequence[str], role: str) -> list[str]:
    if role == ADMIN:
        return [*roles, *([] if ADMIN in roles else [ADMIN])]
    return [each for each in roles if each != ADMIN] or [MEMBER]
