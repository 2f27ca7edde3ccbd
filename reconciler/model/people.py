"""The document People: who is in which team according to directories, written by `reconciler people pull`."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.model.field_types import LINE, Email, Many, Maybe, Part, Slug, TeamName, record
from reconciler.model.metadata import PlainMetadata


@record
class LockedPerson:
    """A person of a directory, with the id that never changes there."""

    source: Slug = Field(description="The source: a name under `sources` in the configuration.")
    id: Annotated[str, Field(min_length=1, max_length=255, pattern=LINE)] = Field(
        description="The id of the person in the source, which stays when the address changes."
    )
    email: Email = Field(description="The e-mail address of the person.")
    previously: Many[Email] = Field(
        default=(), description="Former addresses, under which the person may be live in portals."
    )


@record
class TeamPeople:
    """The people of a team. A role without a list was never read, and nobody is removed from it."""

    admins: Maybe[Many[LockedPerson]] = Field(default=None, description="The admins, if a source lists them.")
    members: Maybe[Many[LockedPerson]] = Field(
        default=None, description="The members, if a source lists them."
    )


class PeopleSpec(Part):
    """The people of all teams whose people come from a source."""

    teams: dict[TeamName, TeamPeople] = Field(default={}, description="The people by PARTNER/TEAM.")


class People(Part):
    """Who is in which team according to directories. Written by `reconciler people pull`."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["People"] = Field(description="The kind of the document.")
    metadata: PlainMetadata
    spec: PeopleSpec
