"""The settings that name what a Drupal site calls the objects: resource types, attributes, relationships."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from reconciler.model.field_types import PUBLIC_NAME, Maybe, Part

_Type: TypeAlias = Maybe[
    Annotated[
        str,
        Field(
            pattern=PUBLIC_NAME,
            description="The resource type, as `/jsonapi` lists it.",
            examples=["node--team"],
        ),
    ]
]
_Name: TypeAlias = Maybe[
    Annotated[str, Field(pattern=PUBLIC_NAME, description="The attribute with the name.", examples=["title"])]
]
_Label: TypeAlias = Maybe[
    Annotated[
        str,
        Field(
            pattern=PUBLIC_NAME,
            description="The attribute that stores the owner label, a plain text field.",
            examples=["field_reconciler_owner"],
        ),
    ]
]
_Key: TypeAlias = Maybe[
    Annotated[
        str,
        Field(
            pattern=PUBLIC_NAME,
            description="The attribute that lists are sorted by, unique and constant.",
            examples=["drupal_internal__nid"],
        ),
    ]
]
_Reference: TypeAlias = Maybe[Annotated[str, Field(pattern=PUBLIC_NAME)]]
_Attribute: TypeAlias = Annotated[str, Field(pattern=PUBLIC_NAME, examples=["field_display_name"])]
_FIELDS: Final = "The attributes that store other fields, by field."


class UserMap(Part):
    """Accounts."""

    type: _Type = None
    key: _Key = None
    mail: _Reference = Field(default=None, description="The attribute with the e-mail address.")
    name: _Reference = Field(default=None, description="The attribute with the login name of a new account.")


class ApiMap(Part):
    """What the catalog calls APIs."""

    type: _Type = None
    key: _Key = None
    name: _Name = None
    visibility: _Reference = Field(
        default=None, description="The attribute with `public`, `organization` or `restricted`."
    )


class PartnerMap(Part):
    """Partners; without a type, the names of teams begin with the name of their partner."""

    type: _Type = None
    key: _Key = None
    name: _Name = None
    owner_label: _Label = None
    fields: Maybe[
        dict[Literal["type", "status", "displayName", "owner", "domains", "agreement"], _Attribute]
    ] = Field(default=None, description=_FIELDS)


class TeamMap(Part):
    """Teams."""

    type: _Type = None
    key: _Key = None
    name: _Name = None
    owner_label: _Label = None
    partner: _Reference = Field(
        default=None, description="The relationship with the partner, if it has a type."
    )
    members: _Reference = Field(default=None, description="The relationship with the members.")
    admins: _Reference = Field(default=None, description="The relationship with the admins.")
    fields: Maybe[dict[Literal["displayName", "delegated"], _Attribute]] = Field(
        default=None, description=_FIELDS
    )


class MembershipMap(Part):
    """Memberships that are entities, such as those of the module Group; they replace `team.members`."""

    type: _Type = None
    key: _Key = None
    team: _Reference = Field(default=None, description="The relationship with the team.")
    person: _Reference = Field(default=None, description="The relationship with the account.")
    roles: _Reference = Field(default=None, description="The relationship with the roles of the member.")
    role_type: _Type = None
    admin_role: _Reference = Field(
        default=None, description="The machine name of the role of admins.", examples=["team-admin"]
    )


class ProductMap(Part):
    """API products, which contain APIs. Without a type, access groups get the APIs of their products."""

    type: _Type = None
    key: _Key = None
    name: _Name = None
    owner_label: _Label = None
    apis: _Reference = Field(default=None, description="The relationship with the APIs.")
    fields: Maybe[dict[Literal["displayName", "description", "owner", "visibility"], _Attribute]] = Field(
        default=None, description=_FIELDS
    )


class GroupMap(Part):
    """Access groups."""

    type: _Type = None
    key: _Key = None
    name: _Name = None
    owner_label: _Label = None
    apis: _Reference = Field(default=None, description="The relationship with the APIs.")
    products: _Reference = Field(default=None, description="The relationship with the API products.")
    teams: _Reference = Field(default=None, description="The relationship with the teams.")
    developers: _Reference = Field(
        default=None, description="The relationship with the accounts of single people."
    )
    fields: Maybe[dict[Literal["displayName", "description", "owner"], _Attribute]] = Field(
        default=None, description=_FIELDS
    )


class DrupalMap(Part):
    """What differs from the starting map of the profile; an empty text says that the site has none."""

    user: Maybe[UserMap] = Field(default=None, description="Accounts.")
    api: Maybe[ApiMap] = Field(default=None, description="What the catalog calls APIs.")
    partner: Maybe[PartnerMap] = Field(default=None, description="Partners, if they are objects.")
    team: Maybe[TeamMap] = Field(default=None, description="Teams.")
    membership: Maybe[MembershipMap] = Field(
        default=None, description="Memberships, if they are objects of their own."
    )
    product: Maybe[ProductMap] = Field(default=None, description="API products, if they contain APIs.")
    group: Maybe[GroupMap] = Field(default=None, description="Access groups.")
