"""The settings on the pages about sources are valid, and those of HubSpot and Dynamics 365 read accounts."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from reconciler.model.crm_settings import CrmSource
from reconciler.model.directory_settings import DirectorySource
from reconciler.workflow.validate import read_configuration, settings
from tests.cli.running import CONFIGURATION
from tests.servers.rest_crm import RestDouble
from tests.sources.rest.opening import read, values

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^( *)```yaml\n( *sources:\n.*?)^ *```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Return the name of each page with each block of sources in it, as a configuration has them."""
    pages = sorted([*DOCS.glob("sources/*.md"), *DOCS.glob("how-to/*.md")])
    return [
        (page.stem, dedent(block)) for page in pages for _, block in _BLOCK.findall(page.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("page", "block"), examples())
def test_settings_of_sources_are_valid(page: str, block: str, tmp_path: Path) -> None:
    path = tmp_path / f"{page}.yaml"
    indented = "".join(f"  {line}\n" for line in block.splitlines())
    path.write_text(dedent(CONFIGURATION) + indented)

    sources = settings(read_configuration(path)).spec.sources

    assert sources
    assert all(isinstance(each, CrmSource | DirectorySource) for each in sources.values())


def of_page(host: str) -> dict[str, Any]:
    """Return the settings for a service on the page about JSON."""
    found = [yaml.safe_load(block)["sources"]["crm"] for page, block in examples() if page == "rest"]
    [settings] = [each for each in found if host in each["url"]]
    return {"token": None, **settings}


def test_the_settings_for_hubspot_read_its_companies() -> None:
    companies = [
        {"id": str(number), "name": f"Partner {number}", "partner_type": "reseller", "contract_end": None}
        for number in range(201)
    ]
    double = RestDouble(*companies)

    found = read(double, of_page("hubapi.com"))

    assert (len(found.accounts), len(double.requests)) == (201, 3)
    assert values(found)["account 7"] == {
        "id": "7",
        "properties.name": "Partner 7",
        "properties.partner_type": "reseller",
        "properties.domain": "",
        "properties.contract_end": "",
    }


def test_the_settings_for_dynamics_read_its_accounts() -> None:
    account = {"accountid": "a1", "name": "Acme", "websiteurl": "https://acme.example", "statecode": 0}
    double = RestDouble(*({**account, "accountid": f"a{number}"} for number in range(5)))
    settings = of_page("dynamics.com")
    double.host = settings["url"].partition("/api/")[0]

    found = read(double, {**settings, "tokenUrl": "https://crm.invalid/token", "scope": "accounts"})

    assert [each.values["accountid"] for each in found.accounts] == ["a0", "a1", "a2", "a3", "a4"]
    assert found.accounts[0].values["statecode"] == "0"
