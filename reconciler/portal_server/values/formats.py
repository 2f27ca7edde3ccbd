"""The formats of single values, for validation and for the API description."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from reconciler.portal_server.values.addresses import ATOM, MAX_DOMAIN, MAX_EMAIL

# In Python, unlike ECMAScript, `$` also matches before a trailing newline.
_END: Final = r"$(?!\n)"
_NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f]*" + _END
_LABELS: Final = r"[^\s@\x00-\x1f\x7f/\\:]+\.[^\s@\x00-\x1f\x7f/\\:]+"
_DOMAIN_PATTERN: Final = f"^{_LABELS}{_END}"
_EMAIL_PATTERN: Final = rf"^{ATOM}(?:\.{ATOM})*@{_LABELS}{_END}"

Name = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*" + _END, min_length=1, max_length=128)
]
ApiName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._~-]+" + _END, min_length=1, max_length=255)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+_[0-9a-z]+" + _END, max_length=64)]
# As long as the name of an API, which is its default display name.
Line = Annotated[str, msgspec.Meta(pattern=_NO_CONTROLS, min_length=1, max_length=255)]
Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", max_length=4000)]
Answer = Annotated[Text, msgspec.Meta(min_length=1)]
Email = Annotated[
    str,
    msgspec.Meta(
        pattern=_EMAIL_PATTERN, min_length=5, max_length=MAX_EMAIL, extra_json_schema={"format": "idn-email"}
    ),
]
Domain = Annotated[str, msgspec.Meta(pattern=_DOMAIN_PATTERN, min_length=3, max_length=MAX_DOMAIN)]
Emails = Annotated[list[Email], msgspec.Meta(extra_json_schema={"uniqueItems": True})]
Domains = Annotated[list[Domain], msgspec.Meta(extra_json_schema={"uniqueItems": True})]
Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
DayText = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date"})]
Json = Annotated[Any, msgspec.Meta(extra_json_schema={"type": ["object", "null"]})]

PartnerType = Literal["reseller", "subsidiary", "contractor", "external", "internal"]
PartnerStatus = Literal["active", "suspended"]
Role = Literal["admin", "member"]
MemberState = Literal["invited", "active", "expired", "declined"]
# On pages, people whom the partner blocks have a state of their own.
ListedState = Literal["invited", "active", "expired", "declined", "blocked"]
Visibility = Literal["public", "organization", "restricted"]
Level = Literal["view", "consume"]
RequestState = Literal["open", "granted", "declined", "withdrawn"]
Scope = Literal["admin", "read", "team"]
CallerScope = Literal["admin", "read", "team", "person"]
Action = Literal["create", "update", "delete", "invite", "accept", "decline", "view", "end-view"]
# What was used for a change: a token, the pages as a member or admin of a team, the rights of an operator, or
# the code of an invitation.
Through = Literal["token", "page", "operator", "invitation"]
Day = date


def instant_text(moment: datetime) -> str:
    """Format a time as RFC 3339 in UTC with whole seconds, which sorts chronologically."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """Parse a time in the format of `instant_text`."""
    return datetime.fromisoformat(text)
