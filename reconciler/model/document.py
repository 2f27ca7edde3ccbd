"""What people write: one strict pydantic class a kind, and the document that carries it and its places."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from reconciler.model.finding import Source
from reconciler.model.positions import Path, Positions
from reconciler.model.rule import ConfigurableRule, RuleName

API_VERSION: Final = "reconciler/v1"
KindName: TypeAlias = Literal["Partner", "AccessGroup", "ApiProduct", "Catalog", "Configuration"]

T = TypeVar("T")


class _NotNull:
    """An optional key may be left out, but not be null."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


class _ByType:
    """A union whose branch is told by the JSON type of the value, so that errors name the right branch."""

    def __init__(self, json_type: Literal["object", "array"]) -> None:
        self._json_type = json_type

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        scalar, structured = handler(core_schema)["anyOf"]
        return {"if": {"type": self._json_type}, "then": structured, "else": scalar}


def _whole(value: Any) -> Any:
    """Read 3.0 as 3: JSON Schema calls both an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _a_day(value: str) -> str:
    """Refuse days that no calendar has; JSON Schema calls the same check `format: date`."""
    from datetime import date  # noqa: PLC0415  needed by few documents

    date.fromisoformat(value)
    return value


Maybe: TypeAlias = Annotated[T | None, _NotNull()]
Many: TypeAlias = Annotated[tuple[T, ...], Strict(strict=False)]

_SLUG = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Everything but control characters, space, quotes, brackets, separators and the slash, which parts ids.
_ATOM = r"[^\x00-\x20\x22\x28\x29\x2c\x2e\x2f\x3a\x3b\x3c\x3e\x40\x5b\x5c\x5d\x7f]+"
_LETTER = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
_INSIDE = r"[^\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
_LABEL = rf"{_LETTER}(?:{_INSIDE}*{_LETTER})?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"

Slug: TypeAlias = Annotated[str, Field(pattern=f"^{_SLUG}$", examples=["acme-logistics"])]
TeamName: TypeAlias = Annotated[
    str, Field(pattern=f"^{_SLUG}/{_SLUG}$", description="A team as PARTNER/TEAM.", examples=["initech/ops"])
]
ApiName: TypeAlias = Annotated[str, Field(pattern="^[A-Za-z0-9._~-]{1,255}$", examples=["tracking-v2"])]
Email: TypeAlias = Annotated[
    str,
    Field(pattern=rf"^{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}$", max_length=254, examples=["ana@acme.example"]),
]
Domain: TypeAlias = Annotated[str, Field(pattern=f"^{_DOMAIN}$", max_length=253, examples=["acme.example"])]
Day: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$",
        json_schema_extra={"format": "date"},
        examples=["2027-12-31"],
    ),
    AfterValidator(_a_day),
]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
LongText: TypeAlias = Annotated[str, Field(min_length=1, max_length=2000)]
Count: TypeAlias = Annotated[
    int, Field(ge=0), BeforeValidator(_whole, json_schema_input_type=Annotated[int, Field(ge=0)])
]
Percent: TypeAlias = Annotated[
    int,
    Field(ge=0, le=100),
    BeforeValidator(_whole, json_schema_input_type=Annotated[int, Field(ge=0, le=100)]),
]
Days: TypeAlias = Annotated[
    int,
    Field(ge=1, le=36500),
    BeforeValidator(_whole, json_schema_input_type=Annotated[int, Field(ge=1, le=36500)]),
]
Level: TypeAlias = Literal["view", "consume"]
PartnerType: TypeAlias = Literal["reseller", "subsidiary", "contractor", "external", "internal"]
Visibility: TypeAlias = Literal["public", "organization", "restricted"]
Status: TypeAlias = Literal["active", "suspended", "ended"]


class Part(BaseModel):
    """Whatever stands inside a document: strict, frozen, keys in camelCase, no unknown keys."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        ser_json_bytes="utf8",
        hide_input_in_errors=True,
        defer_build=True,
    )


def exactly_one(*keys: str) -> tuple[ConfigDict, Callable[[Any], Any]]:
    """Return configuration and check of a part that has exactly one of `keys`."""
    config = ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})

    def check(part: Any) -> Any:
        if len(part.model_fields_set.intersection(keys)) != 1:
            raise ValueError(f"give exactly one of {', '.join(keys)}")
        return part

    return config, check


class RuleException(Part):
    """A reasoned exception from a rule for this object; it turns the finding into information."""

    rule: RuleName = Field(description="The rule that is set aside.")
    reason: Text = Field(description="Why; it is shown wherever the finding is.")
    until: Day = Field(description="The last day of the exception.")


class Metadata(Part):
    """What every document of a named thing has."""

    name: Slug = Field(description="The name, unique in its kind; lower case, digits and hyphens.")
    labels: dict[str, str] = Field(
        default={}, description="For filters and reports; never a privilege, never sent to a portal."
    )
    annotations: dict[str, str] = Field(default={}, description="For other systems; never sent to a portal.")
    previously: Maybe[Slug] = Field(
        default=None, description="The old name, where this is a rename; members and grants are kept."
    )
    exceptions: Many[RuleException] = Field(default=(), description="Reasoned exceptions from rules.")


class PlainMetadata(Part):
    """What the documents have that are no resource of a portal."""

    name: Slug = Field(description="The name.")
    labels: dict[str, str] = Field(default={}, description="For filters and reports.")
    annotations: dict[str, str] = Field(default={}, description="For other systems.")


class Person(Part):
    """A person with an end."""

    email: Email = Field(description="The person's address; its spelling does not matter.")
    until: Maybe[Day] = Field(default=None, description="The last day of the membership.")


class GroupAccess(Part):
    """An access group that is taken up, with a level, an end or a reason."""

    group: Slug = Field(description="The access group.")
    level: Level = Field(
        default="consume", description="view: see the API and its documents; consume: call it."
    )
    until: Maybe[Day] = Field(default=None, description="The last day.")
    reason: Maybe[Text] = Field(default=None, description="Why.")


AnyPerson: TypeAlias = Annotated[Email | Person, _ByType("object")]
AnyAccess: TypeAlias = Annotated[Slug | GroupAccess, _ByType("object")]
Members: TypeAlias = Annotated[Literal["delegated"] | Many[AnyPerson], _ByType("array")]


class Team(Part):
    """A team of a partner, with the people inside the partner who look after it."""

    name: Slug = Field(description="The team's name, unique in its partner.")
    previously: Maybe[Slug] = Field(default=None, description="The old name, where this is a rename.")
    display_name: Maybe[Text] = Field(default=None, description="Its name for people; by default its name.")
    admins: Annotated[Many[AnyPerson], Field(min_length=1)] = Field(
        description="One or more people of the partner who manage the members in the portal."
    )
    members: Members = Field(
        default="delegated",
        description="`delegated`: the admins look after them in the portal. A list: the file decides all.",
    )
    access: Many[AnyAccess] = Field(default=(), description="The access groups that this team takes up.")


class PartnerSpec(Part):
    """What a partner is, who its people are, and which access groups it takes up."""

    type: PartnerType = Field(description="What sort of partner this is.")
    status: Status = Field(
        default="active",
        description="suspended: people stay, every grant is withdrawn. ended: everything goes.",
    )
    display_name: Text = Field(description="Its name for people.", examples=["Acme Logistics GmbH"])
    owner: Slug = Field(description="Who answers for this partner inside; one of `owners`.")
    domains: Many[Domain] = Field(
        default=(), description="E-mail domains its people may have; exact, subdomains are listed apart."
    )
    agreement: Maybe[Text] = Field(
        default=None, description="The contract's reference.", examples=["MSA-2024-118"]
    )
    until: Maybe[Day] = Field(
        default=None,
        description="The last day of its access; caps every grant to its teams. Memberships stay.",
    )
    blocked: Many[Email] = Field(
        default=(), description="People who may be in none of its teams, delegated or not."
    )
    access: Many[AnyAccess] = Field(
        default=(), description="The access groups that each of its teams takes up."
    )
    teams: Many[Team] = Field(default=(), description="Its teams.")


_ONE_TAKER, _one_taker = exactly_one("type", "partner")
_ONE_HOLDER, _one_holder = exactly_one("team", "partner", "developer")
_, _one_place = exactly_one("database", "url")


class Offer(Part):
    """Who may take the group up in their own file, and how far; it grants nothing."""

    model_config = _ONE_TAKER
    type: Maybe[PartnerType] = Field(default=None, description="All partners of this type.")
    partner: Maybe[Slug] = Field(default=None, description="This partner.")
    level: Level = Field(default="consume", description="Up to which level.")
    max_days: Maybe[Days] = Field(default=None, description="The end lies at most this many days from today.")
    _exactly_one = model_validator(mode="after")(_one_taker)


class GroupGrant(Part):
    """Access that the group's owner gives directly."""

    model_config = _ONE_HOLDER
    team: Maybe[TeamName] = Field(default=None, description="A team as PARTNER/TEAM.")
    partner: Maybe[Slug] = Field(default=None, description="Each team of this partner.")
    developer: Maybe[Email] = Field(default=None, description="A single person, with an account or without.")
    level: Level = Field(
        default="consume", description="view: see the API and its documents; consume: call it."
    )
    until: Maybe[Day] = Field(default=None, description="The last day.")
    reason: Maybe[Text] = Field(default=None, description="Why.", examples=["API-4312"])
    _exactly_one = model_validator(mode="after")(_one_holder)


class AccessGroupSpec(Part):
    """A bundle of APIs and products, who may take it up, and who was given it."""

    display_name: Text = Field(description="Its name for people.")
    description: Maybe[LongText] = Field(default=None, description="What it is for.")
    owner: Slug = Field(description="Who answers for it; one of `owners`.")
    apis: Many[ApiName] = Field(default=(), description="Single APIs, as the portal names them.")
    products: Many[Slug] = Field(default=(), description="API products.")
    offers: Many[Offer] = Field(default=(), description="Who may take it up in their own file.")
    grants: Many[GroupGrant] = Field(default=(), description="Whom its owner gives it to.")


class ApiProductSpec(Part):
    """APIs that belong together."""

    display_name: Text = Field(description="Its name for people.")
    description: Maybe[LongText] = Field(default=None, description="What it is for.")
    owner: Slug = Field(description="Who answers for it; one of `owners`.")
    apis: Many[ApiName] = Field(default=(), description="Its APIs, as the portal names them.")
    visibility: Visibility = Field(default="restricted", description="Who sees it in the portal.")


class CatalogApi(Part):
    """An API that the portal offers."""

    name: ApiName = Field(description="As the portal names it.")
    display_name: Maybe[Text] = Field(default=None, description="Its name for people; by default its name.")
    owner: Slug = Field(description="Who answers for it; one of `owners`.")
    visibility: Visibility = Field(default="restricted", description="Who sees it in the portal.")


class CatalogSpec(Part):
    """The APIs that the portal offers."""

    apis: Many[CatalogApi] = Field(default=(), description="One entry an API.")


class Owner(Part):
    """Someone inside who answers for partners, groups, products or APIs."""

    email: Email = Field(description="Where they are reached.")
    github: Maybe[Text] = Field(default=None, description="Their team or user at GitHub.")
    gitlab: Maybe[Text] = Field(default=None, description="Their group or user at GitLab.")


class Secret(Part):
    """Where a secret is found; the secret itself never stands in a file."""

    env: Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")] = Field(
        description="The environment variable that holds it.", examples=["PORTAL_TOKEN"]
    )


class EmbeddedPortal(Part):
    """The embedded portal, in this process (`database`) or served (`url` and `token`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["database"]}, {"required": ["url"]}],
            "dependentRequired": {"url": ["token"], "token": ["url"]},
        }
    )
    type: Literal["embedded"] = Field(description="Which adapter speaks to it.")
    database: Maybe[Text] = Field(
        default=None, description="A file, or an SQLAlchemy URL.", examples=[".reconciler/portal.db"]
    )
    url: Maybe[Annotated[str, Field(pattern="^https?://[^\\x00-\\x20]+$", max_length=2000)]] = Field(
        default=None, description="Where it is served.", examples=["http://127.0.0.1:8750"]
    )
    token: Maybe[Secret] = Field(default=None, description="Where its bearer token is found.")

    _exactly_one = model_validator(mode="after")(_one_place)

    @model_validator(mode="after")
    def _token_with_url(self) -> "EmbeddedPortal":
        if (self.url is None) != (self.token is None):
            raise ValueError("url and token stand together")
        return self


class Limit(Part):
    """The larger of a number and a share."""

    count: Count = Field(description="At least this many.")
    percent: Percent = Field(description="At least this share, rounded down.")


class Guard(Part):
    """How much one plan may take away."""

    deletions: Limit = Field(default=Limit(count=5, percent=10), description="Deletions of one kind.")
    people_losing: Limit = Field(default=Limit(count=50, percent=25), description="People who lose access.")
    allow: Many[Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]] = Field(
        default=(), description="Digests of single plans that are let through."
    )


class ConfigurationSpec(Part):
    """Where files stand, who answers for what, which portals there are, and how strict to be."""

    paths: dict[Text, Many[KindName]] = Field(
        description="Which kinds may stand where; anything else there is an error."
    )
    owners: dict[Slug, Owner] = Field(default={}, description="Who may be named as an owner.")
    default_portal: Maybe[Slug] = Field(default=None, description="The portal where none is chosen.")
    portals: dict[Slug, EmbeddedPortal] = Field(default={}, description="The portals, by name.")
    guard: Guard = Field(default=Guard(), description="How much one plan may take away.")
    rules: dict[ConfigurableRule, Literal["error", "warning", "info", "off"]] = Field(
        default={}, description="Severities that differ from the defaults."
    )
    allow_empty: bool = Field(default=False, description="Whether the files may ask for nothing at all.")


class Partner(Part):
    """A partner: reseller, subsidiary, contractor, external partner or internal product team."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Partner"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: PartnerSpec


class AccessGroup(Part):
    """An access group: APIs and products that are granted together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["AccessGroup"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: AccessGroupSpec


class ApiProduct(Part):
    """An API product: APIs that belong together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["ApiProduct"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: ApiProductSpec


class Catalog(Part):
    """The APIs that the portal offers."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Catalog"] = Field(description="What this document describes.")
    metadata: PlainMetadata
    spec: CatalogSpec


class Configuration(Part):
    """The configuration of one repository of files; its name is the mark of what it owns."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Configuration"] = Field(description="What this document describes.")
    metadata: PlainMetadata
    spec: ConfigurationSpec


Body: TypeAlias = Partner | AccessGroup | ApiProduct | Catalog | Configuration

DOCUMENTS: Final[dict[KindName, type[Body]]] = {
    "Partner": Partner,
    "AccessGroup": AccessGroup,
    "ApiProduct": ApiProduct,
    "Catalog": Catalog,
    "Configuration": Configuration,
}


class Document:
    """One document of one file: its raw values, their places, and its model where it fits the schema.

    `kind` and `name` are what could be read, `body` is None where the schema was not met.
    """

    __slots__ = ("body", "data", "file", "kind", "name", "positions")

    def __init__(
        self,
        file: str,
        kind: KindName | None,
        name: str | None,
        data: Any,
        positions: Positions,
        body: Body | None = None,
    ) -> None:
        self.file = file
        self.kind = kind
        self.name = name
        self.data = data
        self.positions = positions
        self.body = body

    def where(self, *path: str | int, key: bool = False) -> Source:
        """Return where the value at `path` stands, or its key; a missing one is found at its parent."""
        line, column = self.positions.find(self.data, path, key=key)
        return Source(self.file, line, column)


class Origin:
    """What a resource was made from: the place is computed only when somebody asks."""

    __slots__ = ("document", "path")

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.path = path

    @property
    def source(self) -> Source:
        """The file, line and column."""
        return self.document.where(*self.path)


class Repository:
    """All that was read: the configuration, the documents, and the kinds some of which could not be read.

    A reference into `unreadable` kinds is not called dangling: what it names may stand in the broken file.
    `digest` is the sha256 of all bytes read. `unusual` are the files that hold more than printable ASCII, an
    escape, or a domain in A-form; None where nobody looked.
    """

    __slots__ = ("configuration", "digest", "documents", "files", "unreadable", "unusual")

    def __init__(
        self,
        configuration: Document,
        documents: tuple[Document, ...],
        *,
        unreadable: frozenset[KindName] = frozenset(),
        files: int = 0,
        digest: str = "",
        unusual: frozenset[str] | None = None,
    ) -> None:
        self.configuration = configuration
        self.documents = documents
        self.unreadable = unreadable
        self.files = files
        self.digest = digest
        self.unusual = unusual
