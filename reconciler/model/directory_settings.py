"""The settings of directories of people in the configuration."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, model_validator

from reconciler.model.field_types import (
    ABSOLUTE_PATH,
    ADDRESS,
    LDAP_ADDRESS,
    SEGMENT,
    Count,
    LdapAttribute,
    Many,
    Maybe,
    Part,
    Percent,
    Text,
    UserName,
)
from reconciler.model.portal_settings import Secret
from reconciler.model.source_settings import UNENCRYPTED, SourceSettings


class Bot(Part):
    """The account on each forge that opens and merges pull requests of people.lock."""

    github: Maybe[Text] = Field(
        default=None, description="The login on GitHub.", examples=["our-people-bot[bot]"]
    )
    gitlab: Maybe[UserName] = Field(default=None, description="The user name on GitLab.")
    gitea: Maybe[UserName] = Field(default=None, description="The user name on Gitea or Forgejo.")


_PERCENT: Final = "More than this share of those who are there is refused."
_COUNT: Final = "More than this number is refused."
_FLOOR: Final = "Up to this number, nothing is refused."


class Removals(Part):
    """How many people may leave at once: more than both `floor` and one of the others is refused."""

    percent: Percent = Field(description=_PERCENT)
    count: Count = Field(description=_COUNT)
    floor: Count = Field(description=_FLOOR)


class SourceRemovals(Removals):
    """How many people of a source may leave at once."""

    percent: Percent = Field(default=20, description=_PERCENT)
    count: Count = Field(default=100, description=_COUNT)
    floor: Count = Field(default=10, description=_FLOOR)


class PartnerRemovals(Removals):
    """How many people of one partner may leave at once."""

    percent: Percent = Field(default=30, description=_PERCENT)
    count: Count = Field(default=50, description=_COUNT)
    floor: Count = Field(default=5, description=_FLOOR)


class TeamRemovals(Removals):
    """How many people of one team may leave at once."""

    percent: Percent = Field(default=50, description=_PERCENT)
    count: Count = Field(default=25, description=_COUNT)
    floor: Count = Field(default=3, description=_FLOOR)


class RemovalLimits(Part):
    """Limits on how many people a pull may take out, at each level."""

    source: SourceRemovals = Field(default=SourceRemovals(), description="All people of the source.")
    partner: PartnerRemovals = Field(default=PartnerRemovals(), description="The people of one partner.")
    team: TeamRemovals = Field(default=TeamRemovals(), description="The people of one team.")


class DirectorySource(SourceSettings):
    """A directory of people, whose groups become the members or admins of teams."""

    auto_merge: Literal["none", "removals", "all"] = Field(
        default="none",
        description="Which pull requests of people.lock need no approval: `none`, those that only remove"
        " people (`removals`), or `all`.",
    )
    bot: Maybe[Bot] = Field(
        default=None, description="The accounts that open and merge pull requests that need no approval."
    )
    limits: RemovalLimits = Field(
        default=RemovalLimits(), description="How many people a pull may take out at once."
    )


class ScimSource(DirectorySource):
    """A directory with SCIM 2.0, and a bearer token or an OAuth 2.0 client that gets one."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["token"]}, {"required": ["tokenUrl"]}],
            "dependentRequired": {
                "tokenUrl": ["clientId", "clientSecret"],
                "clientId": ["tokenUrl"],
                "clientSecret": ["tokenUrl"],
                "scope": ["tokenUrl"],
            },
        }
    )
    type: Literal["scim"] = Field(description="The type of the source.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The base URL of SCIM.", examples=["https://id.example.com/scim/v2"]
    )
    token: Maybe[Secret] = Field(default=None, description="The bearer token.")
    token_url: Maybe[Annotated[str, Field(pattern=ADDRESS, max_length=2000)]] = Field(
        default=None,
        description="The token endpoint of the authorization server, for OAuth 2.0 client credentials.",
        examples=["https://login.example.com/oauth2/token"],
    )
    client_id: Maybe[Text] = Field(
        default=None, description="The client that the reconciler uses.", examples=["reconciler"]
    )
    client_secret: Maybe[Secret] = Field(default=None, description="The secret of the client.")
    scope: Maybe[Text] = Field(
        default=None, description="The scopes that the client asks for.", examples=["scim.read"]
    )
    allow_http: Maybe[bool] = Field(default=None, description=UNENCRYPTED)

    @model_validator(mode="after")
    def _one_kind_of_credentials(self) -> "ScimSource":
        if (self.token is None) == (self.token_url is None):
            raise ValueError("use exactly one of token, tokenUrl")
        client = (self.client_id, self.client_secret)
        if self.token_url is None and any(each is not None for each in (*client, self.scope)):
            raise ValueError("clientId, clientSecret and scope require tokenUrl")
        if self.token_url is not None and None in client:
            raise ValueError("tokenUrl needs clientId and clientSecret")
        return self


class KeycloakSource(DirectorySource):
    """A realm of a Keycloak server as a directory."""

    type: Literal["keycloak"] = Field(description="The type of the source.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The URL of the server, without the path of a realm.", examples=["https://id.example.com"]
    )
    realm: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The realm with the people.", examples=["company"]
    )
    client_id: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The client that the reconciler uses.", examples=["reconciler-people"]
    )
    client_secret: Secret = Field(description="The secret of the client.")
    allow_http: Maybe[bool] = Field(default=None, description=UNENCRYPTED)


class LdapDisabled(Part):
    """How the directory says that an account is disabled."""

    attribute: LdapAttribute = Field(description="The attribute.", examples=["employeeType"])
    values: Annotated[Many[Text], Field(min_length=1)] = Field(
        description="The values of disabled accounts.", examples=[["former"]]
    )


class LdapSource(DirectorySource):
    """A directory with LDAP."""

    type: Literal["ldap"] = Field(description="The type of the source.")
    url: Annotated[str, Field(pattern=LDAP_ADDRESS, max_length=2000)] = Field(
        description="The URL of the server.", examples=["ldaps://ldap.example.com"]
    )
    user: Text = Field(description="The DN of the reconciler.", examples=["cn=reconciler,dc=example,dc=com"])
    password: Secret = Field(description="The password of the reconciler.")
    base: Text = Field(description="The DN below which groups are searched.", examples=["dc=example,dc=com"])
    user_base: Maybe[Text] = Field(
        default=None,
        description="The DN below which people are searched. The default is `base`.",
        examples=["ou=people,dc=example,dc=com"],
    )
    id: Maybe[LdapAttribute] = Field(
        default=None,
        description="The attribute of people with an identity that never changes. The default is `entryUUID`,"
        " and `objectGUID` in Active Directory.",
        examples=["entryUUID"],
    )
    email: LdapAttribute = Field(default="mail", description="The attribute of people with their address.")
    group_name: LdapAttribute = Field(
        default="cn", description="The attribute of groups with the name that teams use."
    )
    disabled: Maybe[LdapDisabled] = Field(
        default=None,
        description="How accounts are disabled, besides the ways of OpenLDAP, 389 Directory Server and"
        " Active Directory.",
    )
    placeholders: Many[Text] = Field(
        default=(),
        description="DNs that groups have as a member only because a group cannot be empty.",
        examples=[["cn=nobody,dc=example,dc=com"]],
    )
    ca_file: Maybe[Annotated[str, Field(pattern=ABSOLUTE_PATH, max_length=200)]] = Field(
        default=None,
        description="The file with the certificate of your own authority. Its path is absolute, so that no"
        " branch can replace it.",
        examples=["/etc/ssl/company.pem"],
    )
    start_tls: Maybe[bool] = Field(
        default=None, description="Whether connections to ldap:// are encrypted. The default is true."
    )
    allow_plain: Maybe[bool] = Field(default=None, description=UNENCRYPTED)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address, with StartTLS in its scheme, and with the file of the authority.

        Trust in it does not include one without encryption, or with certificates of another authority.
        """
        scheme = "ldap://" if self.start_tls is False else "ldap+starttls://"
        authority = f"#{self.ca_file}" if self.ca_file else ""
        return {"url": self.url.replace("ldap://", scheme, 1) + authority}
