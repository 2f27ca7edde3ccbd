"""The settings of portals in the configuration: of built-in types, and unchecked ones of other types."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from reconciler.model.drupal_map import DrupalMap
from reconciler.model.field_types import ADDRESS, SEGMENT, SLUG, VARIABLE, Maybe, Part, Text, exactly_one

OTHER: Final = "other"
# Google, or this machine.
_GOOGLE: Final = (
    r"^https?://((?:[a-z0-9-]+\.)+googleapis\.com|localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?(?:/[^?#\\@]*)?$"
)


class Secret(Part):
    """A reference to a secret; the secret itself is never in a file."""

    env: Annotated[str, Field(pattern=VARIABLE)] = Field(
        description=(
            "The environment variable with the secret. Its name must begin with RECONCILER_ or PORTAL_."
        ),
        examples=["PORTAL_TOKEN"],
    )


class Fallbacks(Part):
    """What to do about limits that the portal cannot store; without a fallback, they are errors."""

    admins: Maybe[Literal["as-members"]] = Field(
        default=None,
        description="`as-members`: admins are plain members, so nobody manages members in the portal.",
    )
    delegated: Maybe[Literal["unmanaged"]] = Field(
        default=None,
        description="`unmanaged`: members of delegated teams are left alone, but no admin can manage them.",
    )
    blocked: Maybe[Literal["each-run"]] = Field(
        default=None,
        description="`each-run`: each run removes blocked people; between runs they can be added again.",
    )
    developer_grants: Maybe[Literal["team-of-one"]] = Field(
        default=None,
        description="`team-of-one`: a person with a grant of their own gets a team with this one member.",
    )
    until: Maybe[Literal["daily-run"]] = Field(
        default=None, description="`daily-run`: access ends when a daily run removes it, not by itself."
    )
    view: Maybe[Literal["omit"]] = Field(
        default=None, description="`omit`: grants at level `view` are left out of the portal."
    )
    invitations: Maybe[Literal["create", "wait"]] = Field(
        default=None,
        description="People without an account, where the portal cannot invite them. `create`: their account"
        " is created. `wait`: they get nothing until they have one.",
    )


def fallback_choices(option: str) -> list[str]:
    """Return the values of a fallback, such as `daily-run` for `until`."""
    fields = {field.alias or name: field for name, field in Fallbacks.model_fields.items()}
    return [value for each in get_args(fields[option].annotation) for value in get_args(each)]


class PortalSettings(Part):
    """The settings that portals of all types have; each type adds its own in a subclass."""

    type: str = Field(description="The type of the portal.")
    fallbacks: Maybe[Fallbacks] = Field(
        default=None, description="What to do about limits that the portal cannot store."
    )

    @property
    def address(self) -> str:
        """The address that secrets are sent to; empty for a portal in this process."""
        return str(getattr(self, "url", None) or "")

    @property
    def addresses(self) -> Mapping[str, str]:
        """All addresses that secrets are sent to, by the name of the setting."""
        return {"url": self.address}

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """The references to its secrets, by the name of the setting."""
        return {name: value for name, value in self if isinstance(value, Secret)}


_, _one_place = exactly_one("database", "url")


class EmbeddedPortal(PortalSettings):
    """The embedded portal: in this process (`database`), or as a server (`url` and `token`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["database"]}, {"required": ["url"]}],
            "dependentRequired": {"url": ["token"], "token": ["url"], "allowHttp": ["url"]},
        }
    )
    type: Literal["embedded"] = Field(description="The type of the portal.")
    database: Maybe[Text] = Field(
        default=None, description="A database file or an SQLAlchemy URL.", examples=[".reconciler/portal.db"]
    )
    url: Maybe[Annotated[str, Field(pattern=ADDRESS, max_length=2000)]] = Field(
        default=None, description="The URL of the portal server.", examples=["http://127.0.0.1:8750"]
    )
    token: Maybe[Secret] = Field(default=None, description="The bearer token for the server.")
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether the token may be sent to another machine without encryption."
    )

    _exactly_one = model_validator(mode="after")(_one_place)

    @model_validator(mode="after")
    def _token_with_url(self) -> "EmbeddedPortal":
        if (self.url is None) != (self.token is None):
            raise ValueError("url and token must be used together")
        if self.url is None and self.allow_http is not None:
            raise ValueError("allowHttp requires url")
        return self


class KeycloakPortal(PortalSettings):
    """A realm of a Keycloak server, whose service account is a client with a secret."""

    type: Literal["keycloak"] = Field(description="The type of the portal.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The URL of the server, without the path of a realm.", examples=["https://id.example.com"]
    )
    realm: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The realm with the partners.", examples=["partners"]
    )
    client_id: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The client that the reconciler uses.", examples=["reconciler"]
    )
    client_secret: Secret = Field(description="The secret of the client.")
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether the secret may be sent to another machine without encryption."
    )


class DrupalPortal(PortalSettings):
    """A Drupal site with JSON:API, and an account: a user with a password, or a client of Simple OAuth."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["user"]}, {"required": ["clientId"]}],
            "dependentRequired": {
                "user": ["password"],
                "password": ["user"],
                "clientId": ["clientSecret"],
                "clientSecret": ["clientId"],
                "scope": ["clientId"],
            },
        }
    )
    type: Literal["drupal"] = Field(description="The type of the portal.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The URL of the site.", examples=["https://developer.example.com"]
    )
    api_path: Maybe[Annotated[str, Field(pattern=SEGMENT)]] = Field(
        default=None, description="The path of JSON:API, `jsonapi` by default.", examples=["jsonapi"]
    )
    profile: Literal["apiboost"] = Field(description="The starting map of types and fields.")
    map: Maybe[DrupalMap] = Field(default=None, description="What differs from the starting map.")
    user: Maybe[Text] = Field(
        default=None, description="The name of the account of the reconciler.", examples=["reconciler"]
    )
    password: Maybe[Secret] = Field(default=None, description="The password of the account.")
    client_id: Maybe[Annotated[str, Field(pattern=SEGMENT)]] = Field(
        default=None,
        description="The client of Simple OAuth that the reconciler uses.",
        examples=["reconciler"],
    )
    client_secret: Maybe[Secret] = Field(default=None, description="The secret of the client.")
    scope: Maybe[Text] = Field(
        default=None, description="The scopes that the client asks for.", examples=["partners"]
    )
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether the secret may be sent to another machine without encryption."
    )

    @model_validator(mode="after")
    def _one_complete_account(self) -> "DrupalPortal":
        if (self.user is None) == (self.client_id is None):
            raise ValueError("use exactly one of user, clientId")
        for name, secret in (("user", "password"), ("client_id", "client_secret")):
            if (getattr(self, name) is None) != (getattr(self, secret) is None):
                raise ValueError("user needs password, and clientId needs clientSecret")
        if self.scope is not None and self.client_id is None:
            raise ValueError("scope requires clientId")
        return self


class ApigeePortal(PortalSettings):
    """An organization of Apigee X or hybrid: without a token, with Application Default Credentials."""

    type: Literal["apigee"] = Field(description="The type of the portal.")
    organization: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The Apigee organization, which has the name of its Google Cloud project.",
        examples=["partners-prod"],
    )
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        default="https://apigee.googleapis.com",
        description="The URL of the API; with data residency, that of the jurisdiction.",
        examples=["https://eu-apigee.googleapis.com"],
    )
    token: Maybe[Secret] = Field(
        default=None,
        description="An OAuth 2.0 access token. Without it, Application Default Credentials are used.",
    )
    channel_id: Maybe[Text] = Field(
        default=None,
        description="The channel of new AppGroups; some developer portals show only those of their channel.",
        examples=["partner-portal"],
    )
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether tokens may be sent to another machine without encryption."
    )

    @model_validator(mode="after")
    def _google_credentials_for_google(self) -> "ApigeePortal":
        """Send credentials that the configuration does not name only to Google, or within this machine."""
        if self.token is None and not re.match(_GOOGLE, self.url):
            raise ValueError("Google credentials are sent only to googleapis.com; for another url, set token")
        return self


class KonnectPortal(PortalSettings):
    """A developer portal of Kong Konnect, in one region."""

    type: Literal["konnect"] = Field(description="The type of the portal.")
    region: Literal["us", "eu", "au", "me", "in", "sg"] = Field(
        description="The region of Konnect with the portal and its APIs."
    )
    portal: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="The id or the name of the developer portal.", examples=["Partners"]
    )
    token: Secret = Field(description="The token of a system account (`spat_`) or a person (`kpat_`).")
    url: Maybe[Annotated[str, Field(pattern=ADDRESS, max_length=2000)]] = Field(
        default=None,
        description="The URL of the API, where it is not that of the region.",
        examples=["https://konnect-proxy.example.com/v3"],
    )
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether the token may be sent to another machine without encryption."
    )

    @property
    def address(self) -> str:
        """The address of the API in the region."""
        return (self.url or f"https://{self.region}.api.konghq.com/v3").rstrip("/")


class OtherPortal(PortalSettings):
    """A portal whose type is provided by another package, which validates the settings when it is used."""

    model_config = ConfigDict(extra="allow")
    type: Annotated[str, Field(pattern=SLUG)] = Field(
        description="The type of the portal: an entry point of the group `reconciler.portals`."
    )

    @property
    def written(self) -> dict[str, Any]:
        """The settings as they are in the file."""
        return self.model_dump(by_alias=True, exclude_unset=True)


# Each has its own settings; the adapters are in reconciler/portals.
BUILT_IN: Final[Mapping[str, type[PortalSettings]]] = {
    "embedded": EmbeddedPortal,
    "drupal": DrupalPortal,
    "keycloak": KeycloakPortal,
    "apigee": ApigeePortal,
    "konnect": KonnectPortal,
}


def _tag(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if isinstance(kind, str) and kind in BUILT_IN else OTHER


AnyPortal: TypeAlias = Annotated[
    Annotated[EmbeddedPortal, Tag("embedded")]
    | Annotated[DrupalPortal, Tag("drupal")]
    | Annotated[KeycloakPortal, Tag("keycloak")]
    | Annotated[ApigeePortal, Tag("apigee")]
    | Annotated[KonnectPortal, Tag("konnect")]
    | Annotated[OtherPortal, Tag(OTHER)],
    Discriminator(_tag),
]
