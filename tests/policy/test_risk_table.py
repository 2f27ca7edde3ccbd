"""Each field of all that files can say is decided: a risk, or none."""

from typing import Any

from reconciler.model.configuration import ConfigurationSpec
from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import fields_of, is_part
from reconciler.model.kinds import KINDS
from reconciler.policy.risks.files import SETTINGS
from reconciler.policy.risks.resources import FIELDS


def test_each_field_of_each_kind_is_decided() -> None:
    assert set(FIELDS) == {field for kind in KINDS.values() for field in kind.fields}


def test_each_setting_is_decided() -> None:
    assert {
        name.removeprefix("configuration.") for name in SETTINGS if name.startswith("configuration.")
    } == {
        *fields_of(ConfigurationSpec),
        "metadata.name",
    }


# Where what a document says is shown: as a field of a resource (which FIELDS decides), as something that
# comes or goes, as a change of files alone (which SETTINGS decides), or nowhere, and why that is no risk.
DECIDED: dict[str, str] = {
    "Partner.metadata.name": "partner",
    "Partner.metadata.labels": "nowhere: for filters and reports, never a privilege",
    "Partner.metadata.annotations": "nowhere: for other systems",
    "Partner.metadata.previously": "a rename of a partner",
    "Partner.metadata.portals": "partner.portals",
    "Partner.metadata.exceptions": "partner.exceptions",
    "Partner.metadata.externalName": "partner.externalName",
    "Partner.spec.teams.externalName": "partner.teams",
    "Partner.spec.type": "partner.type",
    "Partner.spec.status": "partner.status",
    "Partner.spec.displayName": "partner.displayName",
    "Partner.spec.owner": "partner.owner",
    "Partner.spec.domains": "partner.domains",
    "Partner.spec.agreement": "partner.agreement",
    "Partner.spec.until": "grant.until",
    "Partner.spec.blocked": "partner.blocked",
    "Partner.spec.access": "grant",
    "Partner.spec.teams.name": "team",
    "Partner.spec.teams.previously": "a rename of a team",
    "Partner.spec.teams.status": "team",
    "Partner.spec.teams.displayName": "team.displayName",
    "Partner.spec.teams.admins": "membership.role",
    "Partner.spec.teams.members": "team.delegated",
    "Partner.spec.teams.access": "grant",
    "AccessGroup.metadata.name": "access-group",
    "AccessGroup.metadata.labels": "nowhere: for filters and reports, never a privilege",
    "AccessGroup.metadata.annotations": "nowhere: for other systems",
    "AccessGroup.metadata.previously": "a rename of a group",
    "AccessGroup.metadata.portals": "access-group.portals",
    "AccessGroup.metadata.exceptions": "access-group.exceptions",
    "AccessGroup.metadata.externalName": "access-group.externalName",
    "AccessGroup.spec.displayName": "access-group.displayName",
    "AccessGroup.spec.description": "access-group.description",
    "AccessGroup.spec.owner": "access-group.owner",
    "AccessGroup.spec.apis": "access-item",
    "AccessGroup.spec.products": "access-item",
    "AccessGroup.spec.offers": "access-group.offers",
    "AccessGroup.spec.grants": "grant",
    "AccessGroup.spec.unmanagedGrants": "access-group.unmanagedGrants",
    "ApiProduct.metadata.name": "api-product",
    "ApiProduct.metadata.labels": "nowhere: for filters and reports, never a privilege",
    "ApiProduct.metadata.annotations": "nowhere: for other systems",
    "ApiProduct.metadata.previously": "a rename of a product",
    "ApiProduct.metadata.portals": "api-product.portals",
    "ApiProduct.metadata.exceptions": "api-product.exceptions",
    "ApiProduct.metadata.externalName": "api-product.externalName",
    "ApiProduct.spec.displayName": "api-product.displayName",
    "ApiProduct.spec.description": "api-product.description",
    "ApiProduct.spec.owner": "api-product.owner",
    "ApiProduct.spec.visibility": "api-product.visibility",
    "ApiProduct.spec.apis": "product-item",
    "Catalog.metadata.name": "nowhere: no portal and no rule reads it",
    "Catalog.metadata.labels": "nowhere: for filters and reports",
    "Catalog.metadata.annotations": "nowhere: for other systems",
    "Catalog.spec.apis.name": "nowhere: an API that is listed is offered to nobody",
    "Catalog.spec.apis.displayName": "nowhere: a name for people",
    "Catalog.spec.apis.owner": "api.owner",
    "Catalog.spec.apis.visibility": "api.visibility",
    "Catalog.spec.apis.bundledBy": "api.bundledBy",
    "People.metadata.name": "nowhere: the file has one name",
    "People.metadata.labels": "nowhere: for filters and reports, never a privilege",
    "People.metadata.annotations": "nowhere: for other systems",
    "People.spec.teams.admins": "membership.role",
    "People.spec.teams.members": "membership.role",
}


def test_each_key_of_each_document_is_decided() -> None:
    assert {
        f"{kind}.{key}" for kind, model in DOCUMENTS.items() if kind != "Configuration" for key in keys(model)
    } == set(DECIDED)


def test_what_is_decided_elsewhere_is_decided_there() -> None:
    elsewhere = {where for where in DECIDED.values() if "." in where}

    assert elsewhere <= {
        *SETTINGS,
        *(f"{kind.name}.{field}" for kind in KINDS.values() for field in kind.fields),
    }


def keys(model: type[Any], before: str = "") -> list[str]:
    """Return the keys of a document, those of teams and listed APIs included."""
    found = []
    for name, field in fields_of(model).items():
        key = f"{before}{name}"
        inner = inside(field.annotation) if key in {"metadata", "spec", "spec.teams", "spec.apis"} else None
        if key not in {"apiVersion", "kind"}:
            found += keys(inner, f"{key}.") if inner else [key]
    return found


def inside(annotation: Any) -> type[Any] | None:
    if is_part(annotation):
        found: type[Any] = annotation
        return found
    models = [inside(each) for each in getattr(annotation, "__args__", ())]
    return next((each for each in models if each is not None), None)
