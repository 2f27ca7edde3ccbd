"""The settings of sources in the configuration; those of each type are in modules of their own."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from reconciler.model.field_types import Part
from reconciler.model.model_by_type import ModelByType
from reconciler.model.portal_settings import Secret

UNENCRYPTED: Final = "Whether secrets may be sent to another machine without encryption."


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


AnySource: TypeAlias = Annotated[
    SourceSettings,
    ModelByType(
        SourceSettings,
        {
            "csv": "reconciler.model.crm_settings:CsvSource",
            "jsonl": "reconciler.model.crm_settings:JsonlSource",
            "rest": "reconciler.model.crm_settings:RestSource",
            "tryton": "reconciler.model.crm_settings:TrytonSource",
            "scim": "reconciler.model.directory_settings:ScimSource",
            "keycloak": "reconciler.model.directory_settings:KeycloakSource",
            "ldap": "reconciler.model.directory_settings:LdapSource",
        },
    ),
]
