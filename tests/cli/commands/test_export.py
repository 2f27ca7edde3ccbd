"""`reconciler export`, in front of a portal that other people filled."""

from pathlib import Path

import pytest

from tests.cli.found_portal import fill
from tests.cli.running import Place, Ran

CONFIGURATION = """\
    apiVersion: reconciler/v1
    kind: Configuration
    metadata: {name: our-company}
    spec:
      paths: {partners: [Partner], access-groups: [AccessGroup, ApiProduct], catalog.yaml: [Catalog]}
      owners: {partnerships: {email: p@our-company.example}, logistics: {email: l@our-company.example}}
      defaultPortal: local
      portals:
        local: {type: embedded, database: .reconciler/portal.db}
    """
FILES = {
    "partners/acme-logistics.yaml": """\
# yaml-language-server: $schema=../schemas/partner.schema.json
apiVersion: reconciler/v1
kind: Partner
metadata:
  name: acme-logistics
  externalName: ACME_Logistics
  exceptions:
    # TODO: partner "acme-logistics" (reseller) has no agreement
    - {rule: agreement-missing, reason: exported from the portal as it is, until: 2027-02-22}
spec:
  type: reseller
  displayName: "Acme Logistics GmbH: EU"
  owner: partnerships                   # TODO: the owner in the portal is "sales"
  domains: [acme.example]
  blocked: [eve@acme.example]
  teams:
    - name: integration-eu
      externalName: Integration.EU
      displayName: Integration
      # Not written: 1 member, managed in the portal
      # Not written, because it has ended: late@acme.example (invitation expired)
      admins: [ana@acme.example]
    - name: finance
      # Not written, because it has ended: cy@acme.example (ended on 2026-06-30)
      admins: []                        # nobody manages the members; see the rule no-admin
      members:
        - {email: bo@acme.example, until: 2027-12-31}
""",
    "access-groups/gold.yaml": """\
# yaml-language-server: $schema=../schemas/access-group.schema.json
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: gold}
spec:
  displayName: Gold
  description: |
    What it is for:
    - rates
  owner: logistics
  apis: [tracking-v2]
  products: [both, suite]
  # Not written, and left alone: grants to teams that are not managed here: globex/ops (view)
  grants:
    - {team: acme-logistics/integration-eu, until: 2027-12-31, reason: "pilot, API-1"}
    - {developer: sam@indie.example, level: view, until: 2027-12-31}
---
# yaml-language-server: $schema=../schemas/api-product.schema.json
apiVersion: reconciler/v1
kind: ApiProduct
metadata: {name: suite, externalName: Suite}
spec:
  displayName: Suite
  owner: logistics
  apis: [labels-v3]
  visibility: organization
""",
    "access-groups/silver.yaml": """\
# yaml-language-server: $schema=../schemas/access-group.schema.json
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: silver, externalName: Silver}
spec:
  # Not written, because it has ended: ACME_Logistics/finance (2026-06-30)
  displayName: Silver
  owner: logistics
  products: [both]
""",
    "access-groups/products/both.yaml": """\
# yaml-language-server: $schema=../../schemas/api-product.schema.json
apiVersion: reconciler/v1
kind: ApiProduct
metadata:
  name: both
  exceptions:
    # TODO: API "rates-v1" belongs to partnerships, not to logistics
    - {rule: foreign-api, reason: exported from the portal as it is, until: 2027-02-22}
spec:
  displayName: Both
  owner: logistics
  apis: [rates-v1]
""",
    "catalog.yaml": """\
# yaml-language-server: $schema=schemas/catalog.schema.json
apiVersion: reconciler/v1
kind: Catalog
metadata: {name: catalog}
spec:
  apis:
    - {name: labels-v3, owner: logistics}
    - {name: rates-v1, displayName: Rates, owner: partnerships}    # TODO: the owner in the portal is "ops"
    - {name: tracking-v2, displayName: Tracking, owner: logistics, visibility: organization}
""",
}
OTHERS = "Note: partner globex is not exported: the configuration other-company manages it.\n"


@pytest.fixture
def found(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """A portal with content, and a repository that has only a configuration."""
    monkeypatch.chdir(tmp_path)
    fill(tmp_path / ".reconciler" / "portal.db")
    return Place(tmp_path, capsys).write(reconciler=CONFIGURATION)


def held(place: Place) -> dict[str, str]:
    """Return the files of the repository, but for its configuration and state."""
    return {
        name: path.read_text()
        for path in sorted(place.folder.rglob("*.yaml"))
        if (name := path.relative_to(place.folder).as_posix()) != "reconciler.yaml"
    }


def test_a_portal_becomes_files_that_validate_and_that_a_plan_agrees_with(found: Place) -> None:
    ran = found.run("export", "--owner", "partnerships")

    assert ran.code == 0
    assert held(found) == FILES
    assert ran.out.splitlines() == [
        "access-groups/gold.yaml",
        "access-groups/products/both.yaml",
        "access-groups/silver.yaml",
        "partners/acme-logistics.yaml",
        "catalog.yaml",
    ]
    assert ran.err == (
        f"{OTHERS}Exported 1 partner, 2 access groups, 2 API products.\n"
        "2 warnings: see `reconciler validate`.\n"
        "4 comments with TODO say what to check.\n"
        "Next: `reconciler validate`, then `reconciler adopt --all-desired`.\n"
    )
    assert found.run("validate").code == 0
    assert found.run("adopt", "--all-desired", "--auto-approve").out.endswith("Applied 7.\n")
    assert found.run("apply", "--only-expired", "--auto-approve").out.endswith("Applied 3.\n")
    assert found.run("plan").out.splitlines()[2:6] == [
        'Names in the portal: "partner/acme-logistics" is "ACME_Logistics"',
        "",
        "partner acme-logistics  partners/acme-logistics.yaml",
        "  ~ partner  acme-logistics  owner: sales → partnerships  :5",
    ]


def test_what_the_files_define_is_not_exported_again(found: Place) -> None:
    found.run("export", "--owner", "partnerships")

    assert found.run("export", "--owner", "partnerships") == Ran(
        0, "", f"{OTHERS}The files define everything already; nothing was written.\n"
    )


def test_an_existing_file_is_not_overwritten_and_no_other_file_is_written(found: Place) -> None:
    found.write(**{"access-groups__silver": "# nothing yet\n"})

    ran = found.run("export", "--owner", "partnerships")

    assert ran.code == 1
    assert ran.out.splitlines()[:5] == [
        "--- access-groups/silver.yaml",
        "+++ access-groups/silver.yaml",
        "@@ -1 +1,9 @@",
        "-# nothing yet",
        "+# yaml-language-server: $schema=../schemas/access-group.schema.json",
    ]
    assert ran.err.splitlines()[1:] == [
        "Error: no file was written, because there are others already: access-groups/silver.yaml",
        "Hint: take over what you need from the difference, or write to another folder with --into",
    ]
    assert [*held(found)] == ["access-groups/silver.yaml"]


def test_a_dry_run_shows_all_files(found: Place) -> None:
    ran = found.run("export", "--owner", "partnerships", "--dry-run", "--group", "Silver")

    assert (ran.code, held(found)) == (0, {})
    assert [line for line in ran.out.splitlines() if line.startswith("+++")] == [
        "+++ access-groups/products/both.yaml",
        "+++ access-groups/silver.yaml",
        "+++ catalog.yaml",
    ]


def test_a_dry_run_says_so_when_the_files_define_everything(found: Place) -> None:
    found.run("export", "--owner", "partnerships")

    assert found.run("export", "--owner", "partnerships", "--dry-run").err.splitlines()[-1] == (
        "The files define everything already."
    )


def test_an_unknown_name_is_reported_before_an_owner_is_asked_for(found: Place) -> None:
    ran = found.run("export", "--partner", "nope")

    assert (ran.code, ran.err.splitlines()[-2]) == (1, 'Error: the portal has no partner "nope"')
    assert found.run("export", "--group", "gold").err.splitlines()[-2] == (
        "Error: it is not clear who owns objects without a known owner in the portal"
    )


def test_another_folder_gets_everything_whatever_the_files_define(found: Place) -> None:
    found.run("export", "--owner", "partnerships")
    before = held(found)

    ran = found.run("export", "--owner", "partnerships", "--into", "copy")

    assert ran.code == 0
    assert {
        name.removeprefix("copy/"): text for name, text in held(found).items() if name[:5] == "copy/"
    } == before


def test_a_group_alone_leaves_the_grants_of_other_partners_to_the_portal(found: Place) -> None:
    ran = found.run("export", "--group", "gold", "--owner", "partnerships")

    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["access-groups/gold.yaml", "access-groups/products/both.yaml", "catalog.yaml"],
    )
    assert (found.folder / "partners/.gitkeep").exists()
    assert held(found)["access-groups/gold.yaml"].splitlines()[12:16] == [
        "  # Not written, and left alone: grants to teams that are not managed here:",
        "  # ACME_Logistics/Integration.EU (consume), globex/ops (view)",
        "  grants:",
        "    - {developer: sam@indie.example, level: view, until: 2027-12-31}",
    ]
    assert found.run("validate").code == 0


def test_a_partner_takes_up_the_groups_that_the_files_define_and_their_owners_decide(found: Place) -> None:
    found.run("export", "--group", "gold", "--owner", "partnerships")
    ran = found.run("export", "--partner", "acme-logistics", "--owner", "partnerships")

    assert (ran.code, ran.out) == (3, "partners/acme-logistics.yaml\n")
    assert ran.err.splitlines()[0] == (
        'Error: access group "gold" is not offered to partner "acme-logistics" (reseller); ask its owner'
        " logistics (l@our-company.example) to add this under offers in access-groups/gold.yaml:"
        " - {partner: acme-logistics, level: consume}"
    )
    assert (
        '      access:\n        - {group: gold, until: 2027-12-31, reason: "pilot, API-1"}\n'
        in (held(found)["partners/acme-logistics.yaml"])
    )
    offered = (found.folder / "access-groups/gold.yaml").read_text()
    offers = "  offers:\n    - {partner: acme-logistics}\n  grants:"
    (found.folder / "access-groups/gold.yaml").write_text(offered.replace("  grants:", offers))
    adopted = found.run("adopt", "--all-desired", "--auto-approve")
    planned = found.run("plan")
    assert (adopted.code, planned.out.splitlines()[-1]) == (
        0,
        (
            "Plan: 0 to create, 1 to update, 2 to delete; 15 unchanged, 6 not managed here."
            " Nobody gains or loses access."
        ),
    )


def test_a_partner_alone_names_its_other_groups(found: Place) -> None:
    found.run("export", "--partner", "ACME_Logistics", "--owner", "partnerships")

    assert (
        "    # Also has access to groups that no file defines: gold (consume)\n    - name: integration-eu\n"
        in held(found)["partners/acme-logistics.yaml"]
    )


def test_a_partner_in_the_files_is_compared_with_the_portal(found: Place) -> None:
    found.run("export", "--owner", "partnerships")
    file = found.folder / "partners/acme-logistics.yaml"
    file.write_text(file.read_text().replace("type: reseller", "type: external"))

    ran = found.run("export", "--owner", "partnerships", "--partner", "acme-logistics")

    assert ran.code == 1
    assert [line for line in ran.out.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}] == [
        "-  type: external",
        "+  type: reseller",
    ]


def test_members_of_delegated_teams_are_listed_on_request(found: Place) -> None:
    found.run("export", "--owner", "partnerships", "--include-members")

    assert "      members: [bo@acme.example]\n" in held(found)["partners/acme-logistics.yaml"]
    assert "managed in the portal" not in held(found)["partners/acme-logistics.yaml"]
    found.run("adopt", "--all-desired", "--auto-approve")
    changed = [line.split() for line in found.run("plan").out.splitlines() if "~ team" in line]
    assert changed == [["~", "team", "integration-eu", "delegated:", "yes", "→", "no", ":17"]]


def test_with_several_portals_files_are_for_the_exported_one(found: Place) -> None:
    local = "local: {type: embedded, database: .reconciler/portal.db}"
    both = f"{local}\n        away: {{type: embedded, database: .reconciler/away.db}}"
    configured = CONFIGURATION.replace(local, both)
    found.write(reconciler=configured).run("export", "--owner", "partnerships")

    assert held(found)["access-groups/silver.yaml"].splitlines()[3:8] == [
        "metadata:",
        "  name: silver",
        "  externalName: {local: Silver}",
        "  portals: [local]",
        "spec:",
    ]
    assert (found.run("validate").code, found.run("plan", "--portal", "away").out[-12:]) == (
        0,
        "No changes.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (),
            (
                "Error: it is not clear who owns objects without a known owner in the portal\n"
                "Hint: choose one with --owner: partnerships, logistics\n"
            ),
        ),
        (
            ("--owner", "sales"),
            'Error: --owner: "sales" is not one of the owners\nHint: the owners: partnerships, logistics\n',
        ),
        (
            ("--owner", "logistics", "--partner", "acme"),
            'Error: the portal has no partner "acme"\nHint: it has 2 partners\n',
        ),
        (
            ("--owner", "logistics", "--group", "golden"),
            'Error: the portal has no access group "golden"\nHint: did you mean "gold"?\n',
        ),
    ],
)
def test_what_cannot_be_exported_is_an_error(found: Place, arguments: tuple[str, ...], message: str) -> None:
    assert found.run("export", *arguments) == Ran(1, "", message)


def test_files_with_errors_are_not_added_to(found: Place) -> None:
    found.write(partners__acme="kind: Partner\n")

    assert found.run("export", "--owner", "logistics") == Ran(
        1, "", "Error: the files have errors\nHint: run `reconciler validate` to see them\n"
    )


def test_nothing_is_written_through_a_link(found: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (found.folder / "copy").mkdir()
    (found.folder / "copy" / "partners").symlink_to(elsewhere)

    ran = found.run("export", "--owner", "logistics", "--into", "copy")

    assert (ran.code, ran.out, [*elsewhere.iterdir()], held(found)) == (1, "", [], {})
