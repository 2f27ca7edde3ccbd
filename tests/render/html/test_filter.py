"""The filter: it narrows the matrix, the lists and the changes, and the address keeps it."""

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import Page, expect

from tests.render.html.samples import matrix, mixed, several

_NAMES = ".changes tr:not(.section) td:nth-child(2)"


def test_what_is_sought_is_left(opened: Callable[..., Page]) -> None:
    page = opened(several())
    left = {}
    for field, sought in [
        ("person", "DI@core"),
        ("partner", "bolt"),
        ("partner", "acme/op"),
        ("api", "track"),
        ("api", "nowhere"),
    ]:
        page.fill(f"[name={field}]", sought)
        left[sought] = (list(matrix(page)), page.inner_text("#count"))
        page.fill(f"[name={field}]", "")

    assert left == {
        "DI@core": (["core/app"], "1 team, 2 APIs, 1 change"),
        "bolt": (["bolt/web"], "1 team, 2 APIs, 1 change"),
        "acme/op": (["acme/ops"], "1 team, 1 API, 0 changes"),
        "track": (["acme/ops"], "1 team, 1 API, 0 changes"),
        "nowhere": ([], "0 teams, 0 APIs, 0 changes"),
    }


def test_of_a_cell_only_the_people_who_are_sought_are_counted(opened: Callable[..., Page]) -> None:
    page = opened(mixed())
    page.fill("[name=person]", "bo@")

    assert matrix(page) == {"acme/ops": {"api": "+view → consume"}}


def test_losses_alone_can_be_shown(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.select_option("[name=sign]", "lost")
    page.locator("summary", has_text="As a list").click()

    assert list(matrix(page)) == ["acme/ops", "bolt/web"]
    assert page.locator("#list tbody tr:visible .team").all_inner_texts() == ["acme/ops", "bolt/web"]


def test_changes_keep_the_heads_of_their_sections(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.fill("[name=partner]", "core")

    assert page.locator(".changes .section").all_inner_texts() == ["partner core"]
    assert page.locator(_NAMES).all_inner_texts() == ["core", "app", "app / di@core.example", "app → gold"]


def test_the_address_keeps_what_is_sought_and_picked(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.fill("[name=partner]", "core")
    page.locator("#grid button", has_text="none → consume").first.click()
    page.wait_for_url(re.compile("pick="))
    address = page.evaluate("location.hash")
    again = opened(several(), address=address)

    kept = parse_qs(address.removeprefix("#"))
    assert (kept["partner"], json.loads(kept["pick"][0])) == (["core"], ["core/app", "labels"])
    assert (again.input_value("[name=partner]"), list(matrix(again))) == ("core", ["core/app"])
    assert again.inner_text("#picked h3") == "core/app → labels"


def test_an_address_that_names_nothing_shows_all(opened: Callable[..., Page]) -> None:
    page = opened(several(), address="#pick=%5B1&rows=columns&person=%3Cb%3E&api=")
    page.fill("[name=person]", "")

    assert (len(matrix(page)), page.input_value("[name=rows]")) == (3, "")
    expect(page.locator("#picked")).to_be_hidden()
