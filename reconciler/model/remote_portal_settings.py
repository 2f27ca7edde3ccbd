"""The settings of portals in the configuration that are other products."""

import re
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, model_validator

from reconciler.model.drupal_map import DrupalMap
from reconciler.model.field_types import ADDRESS, SEGMENT, Maybe, Text
from reconciler.model.portal_settings import PortalSettings, Secret

# Google, or this machine.
_GOOGLE: Final = (
    r"^https?://((?:[a-z0-9-]+\.)+googleapis\.com|localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?(?:/[^?#\\@]*)?$"
)


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
