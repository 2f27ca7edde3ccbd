"""What is exported of portals that files cannot describe as they are."""

import msgspec
import pytest

from reconciler.edit import document_text
from reconciler.export import Terms, catalog_data, export
from reconciler.model.ids import encoded
from reconciler.model.resource import DERIVED, OfferedApi, Resource
from tests.access.worlds import edge, granted, holds, live, member

TERMS = Terms(
    scope="our-company",
    today="2026-11-24",
    owners=frozenset({"sales"}),
    owner="sales",
    stored=frozenset(),
)


def exported(*resources: Resource, terms: Terms = TERMS) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts of documents by name without their first line, and the notes."""
    found = export(live(*resources, apis=[OfferedApi("tracking", "restricted")]), terms)
    texts = {each.name: document_text(each.document, "").partition("\n")[2] for each in found.documents}
    return texts, found.notes


def spec(text: str) -> list[str]:
    """Return the lines below `spec` without comments."""
    lines = text.partition("spec:\n")[2].splitlines()
    return [line.partition("  #")[0].rstrip() for line in lines if not line.lstrip().startswith("#")]


def test_a_portal_that_grants_apis_gets_a_group_for_each_of_them() -> None:
    texts, _ = exported(
        edge("team/acme/ops"),
        granted("api/tracking", "acme/ops", level="view"),
        granted("api/Rates.v1", "acme/ops"),
        granted("api/tracking", "sam@indie.example"),
    )

    assert [*texts] == ["acme", "rates-v1", "tracking"]
    assert spec(texts["rates-v1"]) == [
        "  displayName: Rates.v1",
        "  owner: sales",
        "  apis: [Rates.v1]",
        "  grants:",
        "    - {team: acme/ops}",
    ]
    assert spec(texts["tracking"])[3:] == [
        "  grants:",
        "    - {team: acme/ops, level: view}",
        "    - {developer: sam@indie.example}",
    ]


def test_a_portal_that_grants_groups_and_apis_gets_groups_with_other_names() -> None:
    texts, _ = exported(
        edge("team/acme/ops"),
        edge("access-group/tracking"),
        *holds("tracking", "tracking"),
        granted("api/tracking", "acme/ops"),
    )

    assert [*texts] == ["acme", "tracking", "tracking-access"]
    assert spec(texts["tracking-access"])[2:] == ["  apis: [tracking]", "  grants:", "    - {team: acme/ops}"]


def test_people_whose_admins_are_not_known_are_listed_as_members() -> None:
    texts, _ = exported(edge("team/acme/ops"), member("acme/ops", "ana@acme.example"))

    assert spec(texts["acme"]) == [
        "  type: external",
        "  displayName: acme",
        "  owner: sales",
        "  teams:",
        "    - name: ops",
        "      admins: []",
        "      members: [ana@acme.example]",
    ]


def test_the_domains_that_people_use_are_named_the_most_frequent_first() -> None:
    people = [member("acme/ops", f"{name}@{domain}.example") for domain in "abcdefg" for name in "xy"]
    texts, _ = exported(edge("team/acme/ops"), *people, member("acme/ops", "z@g.example"))

    assert (
        "  # TODO: domains, the e-mail domains that belong to it; its people use g.example (3), a.example\n"
        "  # (2), b.example (2), c.example (2), d.example (2), and 2 more\n"
    ) in texts["acme"]


@pytest.mark.parametrize(
    ("resources", "notes"),
    [
        (
            [edge("team/acme/ops", state=DERIVED)],
            ["team acme/ops is not exported: other objects in the portal give its access"],
        ),
        (
            [edge("team/%/Legacy team"), edge("team/%/Old")],
            ["teams without a partner are not exported: Legacy team, Old; rename them to PARTNER.TEAM"],
        ),
        (
            [edge(f"team/acme/{encoded('a' * 201)}")],
            [f"team acme/{'a' * 201} is not exported: files cannot hold its name; rename it in the portal"],
        ),
        (
            [edge("team/acme/ops"), member("acme/ops", "no address")],
            ["team acme/ops is not exported: files cannot hold the address no address"],
        ),
        (
            [edge("access-group/gold"), edge("access-item/gold/api/Payments API")],
            ["access group gold is not exported: files cannot hold the name of its API Payments API"],
        ),
        (
            [
                edge("access-group/gold"),
                *holds("gold", "product/suite"),
                Resource("api-product/suite", {}, "other-company"),
            ],
            [
                "access group gold is not exported: it contains suite, which is left out",
                "API product suite is not exported: the configuration other-company manages it",
            ],
        ),
    ],
)
def test_what_cannot_be_written_whole_is_left_out_and_named(
    resources: list[Resource], notes: list[str]
) -> None:
    texts, found = exported(*resources)

    assert list(found) == notes
    assert all("admins" not in text and "apis" not in text for text in texts.values())


def test_text_of_the_portal_cannot_add_to_the_files() -> None:
    evil = "x\nspec: {blocked: []}\n# \x1b[31m\u2028'\": {"
    fields = {"displayName": evil, "description": evil, "owner": evil}
    texts, _ = exported(
        Resource("access-group/gold", fields),
        Resource(f"partner/{encoded(evil)}", {}),
        edge(f"team/acme/{encoded('x: y #')}"),
    )

    assert "# Not written: the description, which files cannot hold as it is\n" in texts["gold"]
    assert spec(texts["gold"]) == [
        "  displayName: gold",
        "  owner: sales",
    ]
    assert "\x1b" not in texts["gold"]
    assert '      externalName: "x: y #"\n' in texts["acme"]
    assert [*texts] == ["acme", "gold"]


def test_names_that_only_differ_in_form_get_numbers_and_keep_their_names_in_the_portal() -> None:
    texts, _ = exported(edge("access-group/Gold"), edge("access-group/GOLD"), edge("access-group/gold"))

    assert [text.splitlines()[2] for text in texts.values()] == [
        "metadata: {name: gold-2, externalName: GOLD}",
        "metadata: {name: gold-3, externalName: Gold}",
        "metadata: {name: gold}",
    ]


def test_grants_to_external_partners_are_written_if_their_teams_can_be_named() -> None:
    terms = msgspec.structs.replace(TERMS, external=frozenset({"globex"}))
    foreign = Resource("partner/globex", {}, "other-company")
    teams = [Resource(f"team/globex/{name}", {}, "other-company") for name in ("ops", "Dev Team")]
    texts, notes = exported(
        foreign,
        *teams,
        edge("access-group/gold"),
        edge("access-group/silver"),
        granted("gold", "globex/ops"),
        granted("silver", "globex/Dev Team"),
        terms=terms,
    )

    assert spec(texts["gold"])[2:] == ["  grants:", "    - {team: globex/ops}"]
    assert notes == (
        (
            "access group silver is not exported: "
            "files cannot hold the name of the external team globex/Dev Team"
        ),
        "partner globex is not exported: the configuration other-company manages it",
    )


def test_people_are_written_unless_their_membership_gives_nothing_any_more() -> None:
    people = [
        member("acme/ops", "active@acme.example"),
        member("acme/ops", "blocked@acme.example"),
        member("acme/ops", "declined@acme.example", "declined"),
        member("acme/ops", "ended@acme.example", until="2026-11-23"),
        member("acme/ops", "expired@acme.example", "expired"),
        member("acme/ops", "invited@acme.example", "invited", until="2026-11-24"),
    ]
    blocked = Resource("partner/acme", {"blocked": ["blocked@acme.example"], "status": "suspended"})
    texts, _ = exported(blocked, edge("team/acme/ops"), *people)

    assert spec(texts["acme"]) == [
        "  type: external",
        "  status: suspended",
        "  displayName: acme",
        "  owner: sales",
        "  blocked: [blocked@acme.example]",
        "  teams:",
        "    - name: ops",
        "      admins: []",
        "      members:",
        "        - active@acme.example",
        "        - declined@acme.example",
        "        - {email: invited@acme.example, until: 2026-11-24}",
    ]
    assert " ".join(texts["acme"].replace("#", "").split()).count(
        "Not written, because it has ended: blocked@acme.example (blocked), ended@acme.example (ended on"
        " 2026-11-23), expired@acme.example (invitation expired) admins: []"
    )


def test_a_partner_of_a_portal_that_grants_apis_comes_with_its_groups_alone() -> None:
    terms = msgspec.structs.replace(TERMS, partners=frozenset({"acme"}))
    grants = [granted("api/tracking", "acme/ops"), granted("api/tracking", "bolt/ops")]
    texts, _ = exported(edge("team/acme/ops"), edge("team/bolt/ops"), *grants, terms=terms)

    assert [*texts] == ["acme", "tracking"]
    assert spec(texts["tracking"])[-2:] == ["  grants:", "    - {team: acme/ops}"]


def test_what_the_files_define_is_left_out_and_a_new_team_of_it_is_named() -> None:
    defined = frozenset({"partner/acme", "team/acme/ops", "access-group/gold"})
    terms = msgspec.structs.replace(TERMS, defined=defined)
    teams = [edge("team/acme/ops"), edge("team/acme/new")]
    found = exported(edge("partner/acme"), *teams, edge("access-group/gold"), terms=terms)

    assert found == (
        {},
        ("team acme/new is not exported: its partner is defined in a file already; add the team there",),
    )


def test_the_catalog_names_apis_that_files_cannot_hold() -> None:
    apis = [OfferedApi("rates", "public", "ops", "Rates"), OfferedApi("Payments API", "restricted", "sales")]

    assert document_text(catalog_data(apis, {"sales"}, "sales"), "").splitlines()[4:] == [
        "spec:",
        "  # Not written, because of their names: Payments API",
        "  apis:",
        (
            "    - {name: rates, displayName: Rates, owner: sales, visibility: public}"
            '    # TODO: the owner in the portal is "ops"'
        ),
    ]
