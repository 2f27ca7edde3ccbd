"""The settings of sources in the configuration: of CRM systems and files, and of directories of people."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, model_validator
from pydantic.alias_generators import to_camel

from reconciler.model.field_types import (
    ABSOLUTE_PATH,
    ADDRESS,
    DATE_FORM,
    HEADER,
    LDAP_ADDRESS,
    SEGMENT,
    SEPARATOR,
    ByType,
    Count,
    FilePath,
    LdapAttribute,
    LongText,
    Many,
    Maybe,
    Part,
    Percent,
    Slug,
    Text,
    UserName,
)
from reconciler.model.partner import AnyAccess, FromSource
from reconciler.model.portal_settings import Secret
from reconciler.model.rest_pages import RestPages

# A column of the account in a text.
PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_UNENCRYPTED: Final = "Whether secrets may be sent to another machine without encryption."


class SourceSettings(Part):
    """The settings that sources of all types have."""

    type: str = Field(description="The type of the source.")

    @property
    def address(self) -> str:
        """The address that secrets are sent to; empty for a file."""
        return str(getattr(self, "url", None) or "")

    @property
    def addresses(self) -> Mapping[str, str]:
        """All addresses that secrets, or tokens issued for them, are sent to, by the name of the setting."""
        token_url = getattr(self, "token_url", None)
        return {"url": self.address, **({"tokenUrl": token_url} if token_url else {})}

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """The references to its secrets, by the name of the setting."""
        return {name: value for name, value in self if isinstance(value, Secret)}


class Column(Part):
    """How a column, or a constant, becomes the value of a field."""

    column: Maybe[Text] = Field(default=None, description="The column of the account.", examples=["Name"])
    values: dict[str, Annotated[str, Field(max_length=200)]] = Field(
        default={},
        description="What the values of the column mean here. A value that is not in the table is an error,"
        " and an empty text leaves the field as it is.",
        examples=[{"Reseller": "reseller"}],
    )
    default: Maybe[Text] = Field(
        default=None,
        description="The value in new files where the column is empty, or there is none. Existing files keep"
        " theirs.",
    )
    date: Maybe[Annotated[Text, Field(pattern=DATE_FORM)]] = Field(
        default=None,
        description="For `until`, the form of dates in the column: `%Y`, `%y`, `%m`, `%d`, `%j`, `%H`, `%M`,"
        " `%S`, `%f` and `%z` of Python's strptime. The default is `%Y-%m-%d`.",
        examples=["%d.%m.%Y"],
    )
    split: Maybe[Annotated[str, Field(min_length=1, max_length=20)]] = Field(
        default=None, description="For `domains`, what separates several in the column.", examples=[";"]
    )


Mapped: TypeAlias = Annotated[Text | Column, ByType("object")]


class AccountFields(Part):
    """The fields of partners that a CRM decides, each from a column; only these are ever changed."""

    display_name: Mapped = Field(description="The name that is shown to people.")
    type: Mapped = Field(description="The type of the partner.")
    status: Maybe[Mapped] = Field(
        default=None, description="`active` or `suspended`. A CRM cannot end a partner, only people can."
    )
    owner: Mapped = Field(description="The owner in our company.")
    domains: Maybe[Mapped] = Field(
        default=None,
        description="The e-mail domains of its people: domains, web addresses or e-mail addresses.",
    )
    agreement: Maybe[Mapped] = Field(default=None, description="The reference of the contract.")
    until: Maybe[Mapped] = Field(default=None, description="The last day of the contract.")

    def mapped(self) -> Mapping[str, Column]:
        """Return the column of each field that is mapped, by the key of the field in partner files."""
        found = {to_camel(name): value for name, value in self if value is not None}
        return {key: Column(column=each) if isinstance(each, str) else each for key, each in found.items()}


class NewTeam(Part):
    """A team of a new partner. `{Column}` in a text is replaced by that column of the account."""

    name: Slug = Field(description="The name of the team.", examples=["developers"])
    admins: Annotated[Many[Text] | FromSource, ByType("array", "object")] = Field(
        default=(),
        description="The admins, or the group of a directory that lists them. Those whose column is empty are"
        " left out.",
        examples=[["{Contact Email}"]],
    )
    members: Annotated[Literal["delegated"] | FromSource, ByType("object")] = Field(
        default="delegated", description="`delegated`, or the group of a directory."
    )
    access: Many[AnyAccess] = Field(default=(), description="The access groups that the team uses.")

    def texts(self) -> Iterator[str]:
        """Yield the texts in which columns are replaced."""
        for people in (self.admins, self.members):
            if isinstance(people, FromSource):
                yield people.group
        if not isinstance(self.admins, FromSource):
            yield from self.admins


class NewPartner(Part):
    """What the file of a new partner has besides the mapped fields."""

    teams: Many[NewTeam] = Field(default=(), description="Its teams.")
    access: Many[AnyAccess] = Field(default=(), description="The access groups that all its teams use.")


class CrmSource(SourceSettings):
    """A source of accounts, which become partners."""

    id: Text = Field(
        description="The column with the identity of an account, which never changes.", examples=["AccountId"]
    )
    annotation: Maybe[Text] = Field(
        default=None,
        description="The annotation of partners that holds the id. The default is `NAME/account`.",
        examples=["crm/account"],
    )
    name: Maybe[Text] = Field(
        default=None,
        description="The column from which the name of a new partner is made. The default is the display"
        " name.",
    )
    merged_into: Maybe[Text] = Field(
        default=None,
        description="The column with the id of the account that an account was merged into.",
        examples=["MasterRecordId"],
    )
    where: dict[str, Many[str]] = Field(
        default={},
        description="Only accounts that have one of these values in each of these columns count.",
        examples=[{"Type": ["Partner", "Reseller"]}],
    )
    fields: AccountFields = Field(description="The fields of partners, each with its column.")
    new: NewPartner = Field(default=NewPartner(), description="What the file of a new partner begins with.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are used, each once."""
        mapped = (each.column for each in self.fields.mapped().values())
        placeholders = (
            name for team in self.new.teams for text in team.texts() for name in PLACEHOLDER.findall(text)
        )
        found = (self.id, self.name, self.merged_into, *self.where, *mapped, *placeholders)
        return tuple(dict.fromkeys(each for each in found if each))


class FileSource(CrmSource):
    """A file that a CRM exports."""

    file: Maybe[FilePath] = Field(
        default=None,
        description="The file, relative to the configuration and inside the repository. Without it, give one"
        " with --file.",
        examples=["crm/accounts.csv"],
    )


class CsvSource(FileSource):
    """A file of comma-separated values with a header."""

    type: Literal["csv"] = Field(description="The type of the source.")
    encoding: Text = Field(
        default="utf-8", description="The encoding of the file, as Python names it.", examples=["cp1252"]
    )
    separator: Annotated[str, Field(pattern=SEPARATOR)] = Field(
        default=",", description="What separates columns.", examples=[";"]
    )


class JsonlSource(FileSource):
    """A file with a JSON object in each line. A column is a key, or keys separated by dots."""

    type: Literal["jsonl"] = Field(description="The type of the source.")


class TrytonSource(CrmSource):
    """A Tryton server: its parties, each with the columns of the subscription that counts."""

    type: Literal["tryton"] = Field(description="The type of the source.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The URL of the server.", examples=["https://tryton.example.com"]
    )
    database: Annotated[str, Field(pattern=SEGMENT)] = Field(
        description="The database on the server.", examples=["crm"]
    )
    user: Text = Field(description="The user of the reconciler.", examples=["reconciler"])
    password: Secret = Field(description="The password of the user.")
    categories: Many[Text] = Field(
        default=(),
        description="Only parties in one of these categories are read; without it, all are.",
        examples=[["API partners"]],
    )
    allow_http: Maybe[bool] = Field(default=None, description=_UNENCRYPTED)


class RestSource(CrmSource):
    """A JSON API that lists accounts over HTTP, with a token or with a client of OAuth 2.0."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["token"]}, {"required": ["clientId"]}],
            "dependentRequired": {
                "clientId": ["clientSecret", "tokenUrl"],
                "clientSecret": ["clientId"],
                "tokenUrl": ["clientId"],
                "scope": ["clientId"],
                "tokenHeader": ["token"],
                "tokenScheme": ["token"],
            },
        }
    )
    type: Literal["rest"] = Field(description="The type of the source.")
    url: Annotated[str, Field(pattern=ADDRESS, max_length=2000)] = Field(
        description="The URL of the list, without a query.",
        examples=["https://crm.example.com/api/accounts"],
    )
    query: dict[str, LongText] = Field(
        default={}, description="The query of the first request.", examples=[{"limit": "100"}]
    )
    items: Maybe[Text] = Field(
        default=None,
        description="The keys that lead to the list in the answer. Without it, the answer is the list.",
        examples=["data"],
    )
    total: Maybe[Text] = Field(
        default=None,
        description="The keys that lead to the number of all accounts in the answer.",
        examples=["meta.total"],
    )
    pagination: Maybe[RestPages] = Field(
        default=None, description="How the list is divided into pages. Without it, it is not."
    )
    token: Maybe[Secret] = Field(default=None, description="The token, or the key of the API.")
    token_header: Maybe[Annotated[str, Field(pattern=HEADER)]] = Field(
        default=None,
        description="The header with the token. The default is Authorization.",
        examples=["X-Api-Key"],
    )
    token_scheme: Maybe[Text] = Field(
        default=None,
        description="The word before the token. The default is Bearer, and none in another header.",
        examples=["Token"],
    )
    token_url: Maybe[Annotated[str, Field(pattern=ADDRESS, max_length=2000)]] = Field(
        default=None,
        description="The token endpoint of the authorization server.",
        examples=["https://login.example.com/oauth2/token"],
    )
    client_id: Maybe[Text] = Field(default=None, description="The client of OAuth 2.0.")
    client_secret: Maybe[Secret] = Field(default=None, description="The secret of the client.")
    scope: Maybe[Text] = Field(default=None, description="The scopes that the client asks for.")
    allow_http: Maybe[bool] = Field(default=None, description=_UNENCRYPTED)

    @model_validator(mode="after")
    def _one_complete_way(self) -> Self:
        if (self.token is None) == (self.client_id is None):
            raise ValueError("use exactly one of token, clientId")
        own = (self.client_secret, self.token_url)
        if any((each is None) != (self.client_id is None) for each in own):
            raise ValueError("clientId, clientSecret and tokenUrl must be used together")
        if self.scope is not None and self.client_id is None:
            raise ValueError("scope requires clientId")
        if self.token is None and (self.token_header or self.token_scheme) is not None:
            raise ValueError("tokenHeader and tokenScheme require token")
        return self


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
    allow_http: Maybe[bool] = Field(default=None, description=_UNENCRYPTED)

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
    allow_http: Maybe[bool] = Field(default=None, description=_UNENCRYPTED)


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
    allow_plain: Maybe[bool] = Field(default=None, description=_UNENCRYPTED)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address, with StartTLS in its scheme, and with the file of the authority.

        Trust in it does not include one without encryption, or with certificates of another authority.
        """
        scheme = "ldap://" if self.start_tls is False else "ldap+starttls://"
        authority = f"#{self.ca_file}" if self.ca_file else ""
        return {"url": self.url.replace("ldap://", scheme, 1) + authority}


AnySource: TypeAlias = Annotated[
    CsvSource | JsonlSource | RestSource | TrytonSource | ScimSource | KeycloakSource | LdapSource,
    Discriminator("type"),
]
