"""The settings of portals in the configuration: of the embedded one, and unchecked ones of other types."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import ConfigDict, Field, model_validator

from reconciler.model.field_types import ADDRESS, SLUG, VARIABLE, Maybe, Part, Text, exactly_one, fields_of
from reconciler.model.model_by_type import ModelByType


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
    fields = fields_of(Fallbacks)
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
BUILT_IN: Final[Mapping[str, str]] = {
    "embedded": "reconciler.model.portal_settings:EmbeddedPortal",
    "drupal": "reconciler.model.remote_portal_settings:DrupalPortal",
    "keycloak": "reconciler.model.remote_portal_settings:KeycloakPortal",
    "apigee": "reconciler.model.remote_portal_settings:ApigeePortal",
    "konnect": "reconciler.model.remote_portal_settings:KonnectPortal",
}

AnyPortal: TypeAlias = Annotated[PortalSettings, ModelByType(PortalSettings, BUILT_IN, OtherPortal)]
