"""What the pages of each kind say: one declaration a kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from reconciler.portal_server.pages.operator.fields import Field

BASE: Final = "/ui/operator"


class ListFilter(msgspec.Struct, frozen=True):
    """A choice above a list; `key` is that of the query."""

    key: str
    label: str
    options: Sequence[tuple[str, str]]


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A kind as people see it: `kind` and `path` are those of the API.

    `above` is the field with the id of the object that contains it, and `above_path` where that is. `unique`
    is the field that another object can already have, and `remaining` names what prevents a deletion.
    """

    kind: str
    path: str
    one: str
    many: str
    about: str
    fields: Sequence[Field]
    search: str = "Search names and owners"
    filters: Sequence[ListFilter] = ()
    empty: tuple[str, str] = ("", "")
    columns: Sequence[str] = ()
    above: str = ""
    above_path: str = ""
    has_page: bool = True
    unique: str = "name"
    can_change: bool = True
    label: Callable[[Any], str] = lambda each: str(each.display_name)
    deletion: Sequence[str] = ()
    remaining: Mapping[str, tuple[str, str]] = {}

    @property
    def href(self) -> str:
        """The address of the list."""
        return f"{BASE}/{self.path}"

    def page_of(self, object_id: str) -> str:
        """Return the address of the page of an object; without one, that of the list."""
        return f"{self.href}/{object_id}" if self.has_page else self.href

    @property
    def changeable(self) -> list[Field]:
        """The fields that an existing object can change."""
        return [field for field in self.fields if not field.fixed]


NAME_RULE: Final = "Use letters, digits, “.”, “_” and “-”, and begin with a letter or digit."


def _name(noun: str, example: str, **options: Any) -> Field:
    hint = f"Short and without spaces, such as {example}. Files refer to the {noun} by this name."
    return Field(key="name", label="Name", hint=hint, rule=NAME_RULE, required=True, **options)


_DISPLAY: Final = Field(
    key="displayName", label="Display name", hint="What people read on pages and in e-mails.", required=True
)
_OWNER: Final = Field(
    key="owner",
    label="Owner",
    hint="The team of your company that is responsible, such as partnerships.",
    required=True,
)
_DESCRIPTION: Final = Field(
    key="description", label="Description", control="text", rule="Enter at most 4,000 characters."
)
_VISIBILITY: Final = Field(
    key="visibility",
    label="Visibility",
    control="choice",
    options=(
        ("restricted", "Restricted", "Only people with access see it."),
        ("organization", "Organization", "Everybody of your company sees it."),
        ("public", "Public", "Everybody sees it."),
    ),
    initial="restricted",
    rule="Choose one of the three.",
    required=True,
)
TYPES: Final = (
    ("external", "External", "Another company that uses your APIs."),
    ("reseller", "Reseller", "Sells what you offer to its own customers."),
    ("contractor", "Contractor", "Works for your company."),
    ("subsidiary", "Subsidiary", "Belongs to your company's group."),
    ("internal", "Internal", "A part of your company."),
)
_MANAGED: Final = ListFilter("managed", "Managed in", (("yes", "Git"), ("no", "The portal")))
_VISIBILITIES: Final = ListFilter(
    "visibility", "Visibility", tuple((value, label) for value, label, _ in _VISIBILITY.options)
)

PARTNER: Final = Screen(
    kind="partner",
    path="partners",
    one="partner",
    many="Partners",
    about="Companies whose people may use your APIs. People are in teams of a partner.",
    fields=(
        _DISPLAY,
        _name("partner", "acme-logistics"),
        Field(
            key="type",
            label="Type",
            control="choice",
            options=TYPES,
            initial="external",
            rule="Choose one of the types.",
            required=True,
        ),
        _OWNER,
        Field(
            key="domains",
            label="E-mail domains",
            control="lines",
            hint="The domains of its people's addresses, such as acme.example; one a line.",
            rule="Enter a domain such as acme.example.",
        ),
        Field(key="agreement", label="Agreement", hint="The number of the contract."),
        Field(
            key="blocked",
            label="Blocked people",
            control="lines",
            hint="Addresses that cannot be in any of its teams; one a line.",
            rule="Enter an address such as ana@acme.example.",
        ),
    ),
    filters=(
        ListFilter("status", "Status", (("active", "Active"), ("suspended", "Suspended"))),
        ListFilter("type", "Type", tuple((value, label) for value, label, _ in TYPES)),
        _MANAGED,
    ),
    columns=("Partner", "Type", "Owner", "Teams", "Status"),
    empty=("No partners yet", "Add the first company that may use your APIs."),
    remaining={"teams": ("team", "teams")},
)
TEAM: Final = Screen(
    kind="team",
    path="teams",
    one="team",
    many="Teams",
    about="People of a partner who have the same access.",
    fields=(
        Field(
            key="partnerId",
            label="Partner",
            control="reference",
            of="partner",
            required=True,
            fixed=True,
        ),
        _DISPLAY,
        _name("team", "integration"),
        Field(
            key="delegated",
            label="Its admins invite and remove members themselves",
            control="check",
            hint="Otherwise only operators and your files decide who is in the team.",
            initial="on",
        ),
    ),
    search="Search names",
    filters=(
        ListFilter("delegated", "Members managed by", (("yes", "Its admins"), ("no", "Operators"))),
        _MANAGED,
    ),
    columns=("Team", "Partner", "Members managed by", "Grants"),
    empty=("No teams yet", "Add a team on the page of its partner."),
    above="partner_id",
    above_path="partners",
)
ACCESS_GROUP: Final = Screen(
    kind="access-group",
    path="access-groups",
    one="access group",
    many="Access groups",
    about="APIs and products that are granted together to teams and people.",
    fields=(_DISPLAY, _name("access group", "shipping"), _OWNER, _DESCRIPTION),
    filters=(_MANAGED,),
    columns=("Access group", "Owner", "APIs and products", "Granted to"),
    empty=("No access groups yet", "A group holds the APIs that a team gets at once."),
    remaining={
        "items": ("API or product", "APIs and products"),
        "grants": ("grant", "grants"),
    },
)
PRODUCT: Final = Screen(
    kind="product",
    path="products",
    one="API product",
    many="API products",
    about="APIs that belong together. An access group can contain a product instead of each API.",
    fields=(_DISPLAY, _name("product", "shipping-suite"), _OWNER, _DESCRIPTION, _VISIBILITY),
    filters=(_VISIBILITIES, _MANAGED),
    columns=("Product", "Owner", "APIs", "In access groups", "Visibility"),
    empty=("No API products yet", "Products are optional: access groups can contain single APIs as well."),
    remaining={
        "APIs": ("API", "APIs"),
        "access groups": ("access group that contains it", "access groups that contain it"),
    },
)
API: Final = Screen(
    kind="api",
    path="apis",
    one="API",
    many="APIs",
    about="The catalog: every API that access can be granted to.",
    fields=(
        _DISPLAY,
        Field(
            key="name",
            label="Name",
            hint="As in the gateway, such as tracking-v2. It cannot be changed later.",
            rule="Use letters, digits, “.”, “_”, “~” and “-”.",
            required=True,
            fixed=True,
        ),
        _OWNER,
        _VISIBILITY,
    ),
    filters=(_VISIBILITIES,),
    columns=("API", "Owner", "In products", "In access groups", "Visibility"),
    empty=("No APIs yet", "Add the first API that partners may use."),
    remaining={
        "products": ("product that contains it", "products that contain it"),
        "access groups": ("access group that contains it", "access groups that contain it"),
    },
)
PERSON: Final = Screen(
    kind="person",
    path="people",
    one="account",
    many="People",
    about="Everybody with an account. A person who accepts an invitation gets one.",
    fields=(
        Field(
            key="email",
            label="E-mail address",
            control="email",
            rule="Enter an address such as ana@acme.example.",
            required=True,
            fixed=True,
            autocomplete="off",
        ),
        Field(key="displayName", label="Display name", hint="The person's name."),
    ),
    search="Search addresses from their beginning",
    unique="email",
    columns=("Person", "Name"),
    empty=("No accounts yet", "Accounts are created when people accept an invitation."),
    label=lambda each: str(each.email),
    deletion=("Memberships and grants of this address stay, and work again with a new account.",),
)
TOKEN: Final = Screen(
    kind="token",
    path="tokens",
    one="token",
    many="Tokens",
    about="Secrets with which scripts use the API of this portal.",
    fields=(
        Field(key="name", label="Name", hint="What uses it, such as CI of the repository.", required=True),
        Field(
            key="scope",
            label="What it may do",
            control="choice",
            options=(
                ("read", "Read everything", "For plans and reports."),
                ("admin", "Change everything", "For apply."),
                ("team", "Manage the members of one team", "For a partner's own scripts."),
            ),
            initial="read",
            rule="Choose one of the three.",
            required=True,
        ),
        Field(
            key="teamId",
            label="Team",
            control="reference",
            of="team",
            hint="Only for a token that manages members.",
        ),
    ),
    search="Search names",
    filters=(
        ListFilter("scope", "May", (("read", "Read"), ("admin", "Change everything"), ("team", "One team"))),
    ),
    columns=("Token", "May", "Created", ""),
    empty=("No tokens yet", "Create one for the repository's CI, or for a partner's scripts."),
    has_page=False,
    can_change=False,
    label=lambda each: str(each.name),
    deletion=("What uses this token stops working at once.", "It cannot be restored."),
)
SCREENS: Final = (PARTNER, TEAM, ACCESS_GROUP, PRODUCT, API, PERSON, TOKEN)
