"""The configuration and the catalog of a new repository are valid documents, whatever their values are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Catalog, Configuration
from reconciler.scaffold import EXAMPLES, NewRepository, Owner, catalog, configuration, portal_of_type
from tests.builders import document

SLUGS = st.sampled_from(["our-company", "a", "true", "no", "1", "007", "1e3", "null", "0x1", "2-0"])
EMAILS = st.sampled_from(["p@a.example", "1@1.example", "a.é_1@aß.example", "no@true.example"])
HANDLES = st.text("@/aZ0-_. :#'\"{}", min_size=1, max_size=12).filter(str.strip)


def new(kind: str = "embedded", **others: Any) -> NewRepository:
    owner = Owner("partnerships", "p@our-company.example", "@our-company/partnerships")
    return NewRepository(
        **{"name": "our-company", "owner": owner, "portal": portal_of_type(kind), "ci": "github", **others}
    )


def read(text: str) -> Configuration:
    body = document(text).body
    assert isinstance(body, Configuration), text
    return body


def test_the_configuration_is_short_and_says_what_its_keys_are_for() -> None:
    assert configuration(new()) == (
        "# yaml-language-server: $schema=schemas/configuration.schema.json\n"
        "# Which files define access, who is responsible, and where the portal is.\n"
        "apiVersion: reconciler/v1\n"
        "kind: Configuration\n"
        "metadata: {name: our-company} # in the portal, it labels what is managed here\n"
        "spec:\n"
        "  paths:\n"
        "    partners: [Partner]\n"
        "    access-groups: [AccessGroup, ApiProduct]\n"
        "    catalog.yaml: [Catalog]\n"
        "  owners: # who is responsible for partners, groups and APIs, and reviews their files\n"
        '    partnerships: {email: "p@our-company.example", github: "@our-company/partnerships"}\n'
        "  defaultPortal: local\n"
        "  portals:\n"
        "    local: {type: embedded, database: .reconciler/portal.db}\n"
    )


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_settings_of_each_type_are_valid(kind: str) -> None:
    portals = read(configuration(new(kind))).spec.portals

    assert [each.type for each in portals.values()] == [kind]


@given(SLUGS, SLUGS, EMAILS, HANDLES)
def test_every_valid_value_is_kept_as_it_is(name: str, owner: str, email: str, handle: str) -> None:
    made = new(name=name, owner=Owner(owner, email, handle), ci="gitlab")
    found = read(configuration(made))

    assert found.metadata.name == name
    assert {key: (each.email, each.gitlab) for key, each in found.spec.owners.items()} == {
        owner: (email, handle)
    }
    assert isinstance(document(catalog(made.owner)).body, Catalog)


def test_without_a_forge_the_owner_has_no_handle() -> None:
    owner = read(configuration(new(ci="none"))).spec.owners["partnerships"]

    assert (owner.github, owner.gitlab) == (None, None)
