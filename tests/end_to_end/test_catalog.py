"""The catalog of the sample is refreshed from each portal: one API appears, one vanishes, the rest stays."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from reconciler.portal_server import ApiEntry, create_app, issue_token
from tests.cli.running import Place
from tests.end_to_end import apigee_company, keycloak_company, konnect_company
from tests.end_to_end.drupal_company import drupal_company
from tests.end_to_end.sample_company import SampleCompany
from tests.forge.serving import served
from tests.portals.drupal.sites import PASSWORD
from tests.servers.apigee.server import TOKEN as APIGEE_TOKEN
from tests.servers.konnect.application import TOKEN as KONNECT_TOKEN

NEW, GONE = "returns-v1", "status-v1"
NAMES = "names in files have only letters, digits and the characters . _ ~ -"
Opened = Callable[[Place, pytest.MonkeyPatch], AbstractContextManager[SampleCompany]]


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path, capsys)


@contextmanager
def embedded(place: Place, patch: pytest.MonkeyPatch) -> Iterator[SampleCompany]:
    database = str(place.folder / "portal.db")
    company = SampleCompany(place, "{}")
    entries = [
        ApiEntry(each, each, "shipping", "restricted") for each in (*company.apis, NEW) if each != GONE
    ]
    application = create_app(database, apis=entries)
    patch.setenv("PORTAL_TOKEN", issue_token(database, name="a test", scope="read"))
    with served(application) as url:
        configuration = (place.folder / "reconciler.yaml").read_text()
        away = f'there: {{type: embedded, url: "{url}", token: {{env: PORTAL_TOKEN}}}}'
        (place.folder / "reconciler.yaml").write_text(configuration.replace("there: {}", away))
        yield company
    application.state.database.close()


@contextmanager
def drupal(place: Place, patch: pytest.MonkeyPatch) -> Iterator[SampleCompany]:
    patch.setenv("PORTAL_PASSWORD", PASSWORD)
    with drupal_company(place, {}) as company:
        [gone] = [key for key, each in company.site.entities.items() if each.attributes.get("title") == GONE]
        del company.site.entities[gone]
        company.site.add("node--api_product", {"title": NEW})
        yield company


@contextmanager
def konnect(place: Place, patch: pytest.MonkeyPatch) -> Iterator[konnect_company.Company]:
    patch.setenv("PORTAL_TOKEN", KONNECT_TOKEN)
    company = konnect_company.Company(place, patch)
    state = company.state
    del state.publications[state.api(GONE)]
    state.publish(state.add_api(NEW))
    yield company


@contextmanager
def apigee(place: Place, patch: pytest.MonkeyPatch) -> Iterator[apigee_company.Company]:
    patch.setenv("PORTAL_TOKEN", APIGEE_TOKEN)
    with apigee_company.company(place) as company:
        company.server.organization.create_product({"name": NEW, "displayName": NEW})
        del company.server.organization.products[GONE]
        yield company


def refresh(company: SampleCompany) -> None:
    """Refresh the catalog, and check that one line goes and another one comes."""
    catalog = company.place.folder / "catalog.yaml"
    before = catalog.read_text().splitlines()
    stale = company.place.run("catalog", "--check")

    ran = company.place.run("catalog", "--owner", "shipping")

    after = catalog.read_text().splitlines()
    assert (stale.code, ran.code, ran.out) == (1, 0, "catalog.yaml\n"), stale.err + ran.err
    assert [line for line in before if line not in after] == [next(each for each in before if GONE in each)]
    assert [line for line in after if line not in before] == [f"    - {{name: {NEW}, owner: shipping}}"]
    assert company.place.run("catalog", "--check").code == 0


@pytest.mark.parametrize("opened", [embedded, drupal, konnect, apigee], ids=lambda each: each.__name__)
def test_an_api_appears_and_another_one_vanishes(
    place: Place, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    with opened(place, monkeypatch) as company:
        refresh(company)


@pytest.mark.real
@pytest.mark.xdist_group("keycloak")
def test_a_role_appears_and_another_one_vanishes(company: keycloak_company.Company) -> None:
    company.realm.ask("POST", "/roles", {"name": NEW})
    company.realm.ask("DELETE", f"/roles/{GONE}")

    refresh(company)


def test_what_the_catalog_cannot_have_or_keeps_is_noted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with apigee(place, monkeypatch) as company:
        company.server.organization.create_product({"name": "Field service", "displayName": "Field"})

        ran = place.run("catalog", "--owner", "shipping")

    notes = [line for line in ran.err.splitlines() if line.startswith("Note: ")]
    assert ran.code == 0
    assert notes[:2] == [
        f'Note: API "Field service" cannot be listed: {NAMES}.',
        'Note: API "pickup-points-v1" is restricted in the portal; the catalog says public, which is kept.',
    ]
    assert "Field service" not in (place.folder / "catalog.yaml").read_text()


def test_an_account_that_sees_no_api_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with konnect(place, monkeypatch) as company:
        company.state.publications.clear()
        before = (place.folder / "catalog.yaml").read_text()

        ran = place.run("catalog")

    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: the portal offers no APIs; nothing was changed")
    assert (place.folder / "catalog.yaml").read_text() == before


def test_an_incomplete_read_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with apigee(place, monkeypatch) as company:
        server = company.server
        server.tokens = dict.fromkeys(server.tokens, lambda method: method != "apiproducts.list")
        before = (place.folder / "catalog.yaml").read_text()

        ran = place.run("catalog", "--owner", "shipping")

    assert ran.code == 5
    assert "the portal could not be read completely" in ran.err
    assert (place.folder / "catalog.yaml").read_text() == before
