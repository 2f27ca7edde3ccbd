"""The settings of sources of accounts in the configuration: of files, and of CRM systems."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from reconciler.model.field_types import (
    ADDRESS,
    DATE_FORM,
    HEADER,
    SEGMENT,
    SEPARATOR,
    ByType,
    FilePath,
    LongText,
    Many,
    Maybe,
    Part,
    Slug,
    Text,
)
from reconciler.model.partner import AnyAccess, FromSource
from reconciler.model.portal_settings import Secret
from reconciler.model.rest_pages import RestPages
from reconciler.model.source_settings import UNENCRYPTED, SourceSettings

# A column of the account in a text.
PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")


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
    allow_http: Maybe[bool] = Field(default=None, description=UNENCRYPTED)


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
    allow_http: Maybe[bool] = Field(default=None, description=UNENCRYPTED)

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
