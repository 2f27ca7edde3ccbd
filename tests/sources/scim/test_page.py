"""The settings and commands on the page about SCIM."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
import yaml

from reconciler.model.directory_settings import ScimSource
from reconciler.model.field_types import fields_of
from tests.servers.scim2_server import TOKEN, scim2_server

PAGE: Final = Path(__file__).parents[3].joinpath("docs/sources/scim.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)\n *```$", PAGE, re.MULTILINE | re.DOTALL)
    return [dedent(text) for _, text in found]


def test_the_settings_of_the_page_are_valid() -> None:
    first, client = blocks("yaml")
    settings = yaml.safe_load(first)["sources"]["sso"]
    others = {key: value for key, value in settings.items() if key != "token"}

    assert ScimSource.model_validate(settings).address == "https://id.example.com/scim/v2"
    assert ScimSource.model_validate({**others, **yaml.safe_load(client)}).scope == "scim.read"


def test_every_setting_is_on_the_page() -> None:
    table = PAGE.partition("## Settings")[2].partition("##")[0]

    assert fields_of(ScimSource).keys() - {"type", "limits", "autoMerge", "bot"} == set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    )


@pytest.mark.real
@pytest.mark.no_cover
def test_the_command_of_the_page_shows_the_members_of_a_group(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    [command] = blocks("sh")
    with scim2_server(tmp_path) as server:
        ana = server.add_user("ana@acme.example")
        server.add_group("Acme Developers", ana)
        ran = subprocess.run(
            ["sh", "-c", command.replace("https://id.example.com/scim/v2", server.url)],
            env={**os.environ, "PORTAL_SCIM_TOKEN": TOKEN, "no_proxy": "*"},
            capture_output=True,
            check=True,
        )

    [group] = json.loads(ran.stdout)["Resources"]
    assert [member["value"] for member in group["members"]] == [ana]
