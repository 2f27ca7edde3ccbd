"""`reconciler catalog`: what appears and vanishes, what stays as people wrote it, and what is refused."""

import pytest

from tests.cli.running import CONFIGURATION, GROUP, Place, Ran

CATALOG = """\
    # Our APIs
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {name: catalog}
    spec:
      apis:
        - {name: tracking-v2, displayName: Track, owner: logistics, visibility: public} # the first
        - {name: labels-v1, owner: logistics} # unused
        - {name: rates-v1, owner: logistics}
    """
SUITE = """\
    apiVersion: reconciler/v1
    kind: ApiProduct
    metadata: {name: suite}
    spec: {displayName: Suite, owner: logistics, apis: [rates-v1]}
    ---
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: shipping}
    spec: {displayName: Shipping, owner: logistics, apis: [rates-v1], products: [suite]}
    """
KEPT = (
    "gone: rates-v1, but kept, because it is in access group shipping, "
    "API product suite (in access group shipping)"
)


@pytest.fixture
def files(place: Place) -> Place:
    """A repository with a catalog of three APIs, two of which are used, and an OpenAPI file of one."""
    paths = CONFIGURATION.replace("[AccessGroup]", "[AccessGroup, ApiProduct]")
    place.write(reconciler=paths, catalog=CATALOG, **{"access-groups__suite": SUITE})
    (place.folder / "apis").mkdir()
    return describe(place, "Tracking", "2.0.0")


def describe(place: Place, title: str, version: str, **info: str) -> Place:
    more = "".join(f", x-reconciler-{key}: {value}" for key, value in info.items())
    name = f"apis/{title.lower()}.yaml"
    (place.folder / name).write_text(f"openapi: 3.1.0\ninfo: {{title: {title}, version: {version}{more}}}\n")
    return place


def refresh(place: Place, *options: str) -> Ran:
    return place.run("catalog", "--from", "apis", *options)


def catalog(place: Place) -> list[str]:
    """Return the lines of the catalog from the list of APIs on."""
    return (place.folder / "catalog.yaml").read_text().partition("  apis:")[2].splitlines()


def test_new_apis_are_added_and_unused_ones_removed_and_all_else_stays(files: Place) -> None:
    describe(files, "Pickups", "1.2.0")
    describe(files, "Points", "3", owner="partnerships")

    ran = refresh(files, "--owner", "logistics")

    assert (ran.code, ran.out) == (0, "catalog.yaml\n")
    assert catalog(files) == [
        "",
        "    - {name: tracking-v2, displayName: Track, owner: logistics, visibility: public} # the first",
        "    - {name: rates-v1, owner: logistics}",
        "    - {name: pickups-v1, displayName: Pickups, owner: logistics}",
        "    - {name: points-v3, displayName: Points, owner: partnerships}",
    ]
    assert ran.err.splitlines()[:4] == [
        "new: pickups-v1, restricted, owner logistics",
        "new: points-v3, restricted, owner partnerships",
        "gone: labels-v1",
        f"Warning: {KEPT}",
    ]
    assert files.run("validate").code == 0


def test_a_dry_run_prints_the_difference_and_writes_nothing(files: Place) -> None:
    before = catalog(files)

    ran = refresh(files, "--dry-run")

    assert (ran.code, catalog(files)) == (0, before)
    assert "-    - {name: labels-v1, owner: logistics} # unused" in ran.out.splitlines()


def test_new_apis_without_an_owner_are_all_named_and_nothing_is_written(files: Place) -> None:
    before = catalog(files)
    describe(files, "Pickups", "1")
    describe(files, "Points", "1", owner="somewhere")

    ran = refresh(files)

    assert (ran.code, ran.out, catalog(files)) == (1, "", before)
    assert ran.err == (
        "Error: 2 new APIs have no owner: pickups-v1, points-v1 "
        '(its owner "somewhere" is not in the configuration)\n'
        "Hint: give one to all of them with --owner; known: partnerships, logistics\n"
    )


def test_an_unknown_owner_is_refused(files: Place) -> None:
    ran = refresh(files, "--owner", "logistic")

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        'Error: --owner: "logistic" is not an owner in the configuration; did you mean "logistics"?',
    )


def test_a_check_writes_nothing_and_needs_no_owner(files: Place) -> None:
    before = catalog(files)
    describe(files, "Pickups", "1")

    ran = refresh(files, "--check")

    assert (ran.code, ran.out, catalog(files)) == (1, "", before)
    assert ran.err == (
        "Error: the catalog is out of date:\n"
        "new: pickups-v1, restricted, without an owner\n"
        "gone: labels-v1\n"
        f"{KEPT}\n"
        "Hint: run `reconciler catalog`; remove what is not offered from access groups and products first\n"
    )


def test_owners_who_can_bundle_an_api_stay(files: Place) -> None:
    bundled = "    - {name: rates-v1, owner: logistics, bundledBy: [partnerships]}"
    files.write(catalog=CATALOG.replace("        - {name: rates-v1, owner: logistics}", f"    {bundled}"))

    assert (refresh(files, "--owner", "logistics").code, catalog(files)[-1]) == (0, bundled)


def test_an_owner_who_can_bundle_an_api_is_defined(files: Place) -> None:
    files.write(
        catalog=CATALOG.replace(
            "rates-v1, owner: logistics", "rates-v1, owner: logistics, bundledBy: [logistic]"
        )
    )

    ran = files.run("validate")

    assert (ran.code, 'catalog.yaml:9:54: error: owner "logistic" is not defined' in ran.out) == (1, True), (
        ran.out
    )


def test_a_catalog_that_is_up_to_date_stays(files: Place) -> None:
    before = catalog(describe(describe(files, "Labels", "1"), "Rates", "1"))

    checked, ran = refresh(files, "--check"), refresh(files)

    assert (checked.code, checked.err) == (0, "The catalog is up to date.\n")
    assert (ran.code, ran.out, catalog(files)) == (0, "", before)
    assert ran.err == "catalog.yaml is already up to date; nothing was written.\n"


def test_an_api_stays_while_a_file_that_may_contain_it_cannot_be_read(files: Place) -> None:
    describe(files, "Rates", "1").write(**{"access-groups__broken": "kind: [\n"})

    ran = refresh(files)

    assert "    - {name: labels-v1, owner: logistics} # unused" in catalog(files)
    assert "gone: labels-v1, but kept, because it is in perhaps a file that cannot be read" in ran.err


@pytest.mark.parametrize("empty", ["[]", "[ ]"])
def test_an_empty_catalog_gets_one_api_a_line(files: Place, empty: str) -> None:
    head = CATALOG.partition("spec:")[0]
    files.write(
        catalog=f"{head}spec:\n      apis: {empty}\n",
        partners__acme=None,
        **{"access-groups__suite": None, "access-groups__tracking": None},
    )
    describe(files, "Rates", "1")

    ran = refresh(files, "--owner", "logistics")

    assert (ran.code, catalog(files)) == (
        0,
        [
            "",
            "    - {name: rates-v1, displayName: Rates, owner: logistics}",
            "    - {name: tracking-v2, displayName: Tracking, owner: logistics}",
        ],
    )


def test_a_missing_catalog_is_created(files: Place) -> None:
    describe(files, "Rates", "1").write(catalog=None)

    ran = refresh(files, "--owner", "logistics")

    assert (ran.code, ran.out) == (0, "catalog.yaml\n")
    assert (files.folder / "catalog.yaml").read_text() == (
        "# yaml-language-server: $schema=schemas/catalog.schema.json\n"
        "apiVersion: reconciler/v1\n"
        "kind: Catalog\n"
        "metadata: {name: catalog}\n"
        "spec:\n"
        "  apis:\n"
        "    - {name: rates-v1, displayName: Rates, owner: logistics}\n"
        "    - {name: tracking-v2, displayName: Tracking, owner: logistics}\n"
    )


def test_a_catalog_with_errors_is_not_edited(files: Place) -> None:
    for broken in (CATALOG.replace("kind: Catalog", "kind: ["), CATALOG.replace("owner:", "owners:")):
        files.write(catalog=broken)
        ran = refresh(files, "--owner", "logistics")

        assert (ran.code, ran.out) == (1, "")
        assert "run `reconciler validate` to see" in ran.err


def test_a_configuration_without_a_path_for_catalogs_is_refused(files: Place) -> None:
    files.write(reconciler=CONFIGURATION.replace(", catalog.yaml: [Catalog]", ""), catalog=None)

    ran = refresh(files, "--owner", "logistics")

    assert (ran.code, ran.err.splitlines()[-2:]) == (
        1,
        [
            "Error: no path in reconciler.yaml can have a catalog",
            "Hint: add `catalog.yaml: [Catalog]` to its paths",
        ],
    )


def test_a_folder_without_openapi_files_is_refused(files: Place) -> None:
    (files.folder / "apis" / "tracking.yaml").unlink()

    assert (refresh(files).code, refresh(files).err.splitlines()[0]) == (
        1,
        "Error: apis has no OpenAPI document",
    )


def test_a_portal_that_has_the_apis_of_the_catalog_is_refused(files: Place) -> None:
    ran = files.run("catalog")

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        'Error: portal "local" has the APIs of the catalog itself',
    )


def test_a_portal_that_cannot_be_reached_changes_nothing(
    files: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "rpt_made-for-tests")
    before = catalog(files)

    assert (files.run("catalog", "--portal", "away").code, catalog(files)) == (5, before)


def test_a_folder_and_a_portal_exclude_each_other(files: Place) -> None:
    assert refresh(files, "--portal", "away").code == 1


def test_a_new_group_keeps_an_api_that_is_not_offered(files: Place) -> None:
    files.write(
        **{"access-groups__labels": GROUP.replace("tracking", "labels").replace("labels-v2", "labels-v1")}
    )

    ran = refresh(files)

    assert "gone: labels-v1, but kept, because it is in access group labels" in ran.err
