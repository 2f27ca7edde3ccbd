"""The resource types of a Drupal site: their attributes, references and keys."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec


class Reference(msgspec.Struct, frozen=True):
    """An entity-reference field: the type that it refers to, and whether it holds several."""

    target: str
    many: bool = True
    required: bool = False


class ResourceType(msgspec.Struct, frozen=True, kw_only=True):
    """A resource type. `label` is required. Config entities are read-only; `fields` are those of the site."""

    name: str
    label: str
    key: str
    versioned: bool = False
    config: bool = False
    fields: Mapping[str, Any] = {}
    references: Mapping[str, Reference] = {}

    @property
    def entity(self) -> str:
        """The entity type."""
        return self.name.partition("--")[0]

    @property
    def bundle(self) -> str:
        """The bundle."""
        return self.name.partition("--")[2]


def node(bundle: str, *, fields: Mapping[str, Any] = {}, **references: str) -> ResourceType:
    """Return a content type."""
    return ResourceType(
        name=f"node--{bundle}",
        label="title",
        key="nid",
        versioned=True,
        fields={"field_external_id": None, "field_reconciler_owner": None, **fields},
        references={
            "node_type": Reference("node_type--node_type", many=False),
            "revision_uid": Reference("user--user", many=False),
            "uid": Reference("user--user", many=False),
            **{name: Reference(target) for name, target in references.items()},
        },
    )


def group(bundle: str, *, fields: Mapping[str, Any] = {}) -> ResourceType:
    """Return a group type of the module Group."""
    return ResourceType(
        name=f"group--{bundle}",
        label="label",
        key="id",
        fields={"field_reconciler_owner": None, **fields},
        references={"uid": Reference("user--user", many=False)},
    )


def group_membership(bundle: str) -> ResourceType:
    """Return the type of the memberships in groups of a type."""
    return ResourceType(
        name=f"group_relationship--{bundle}-group_membership",
        label="",
        key="id",
        references={
            "gid": Reference(f"group--{bundle}", many=False, required=True),
            "entity_id": Reference("user--user", many=False, required=True),
            "group_roles": Reference("group_role--group_role"),
        },
    )


USER: Final = ResourceType(
    name="user--user",
    label="name",
    key="uid",
    references={"roles": Reference("user_role--user_role")},
)
USER_ROLE: Final = ResourceType(name="user_role--user_role", label="label", key="id", config=True)
NODE_TYPE: Final = ResourceType(name="node_type--node_type", label="name", key="type", config=True)
GROUP_ROLE: Final = ResourceType(name="group_role--group_role", label="label", key="id", config=True)
