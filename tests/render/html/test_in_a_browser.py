"""The page for everybody: without a script, on a phone, on paper, in the dark, to those who listen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Approval, Change, Drift, FieldChange, Plan
from reconciler.model.risk import Risk
from tests.render.html.samples import big, several
from tests.render.plans import bare

# The least contrast of any text that is seen, with that text: WCAG 2.2, relative luminance.
_CONTRAST = """() => {
  const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, place) => sum + each * [0.2126, 0.7152, 0.0722][place], 0);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const color = at instanceof SVGElement ? (at.querySelector(":scope > rect") &&
        getComputedStyle(at.querySelector(":scope > rect")).fill) : style.backgroundColor;
      if (color && (numbers(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".skip")) continue;
    const style = getComputedStyle(element);
    const front = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(numbers(front)), light(numbers(ground(element)))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data.trim()]);
  }
  return found.sort((a, b) => a[0] - b[0])[0];
}"""
ENOUGH = 4.5


def everything() -> Plan:
    """Return a plan that has something in each part of the page."""
    made = several()
    update = Change(
        id="partner/acme",
        kind="partner",
        action="update",
        before={"type": "reseller"},
        after={"type": "internal"},
        fields=(FieldChange("type", "reseller", "internal"), FieldChange("domains", ["a"], ["b"])),
    )
    return bare(
        changes=(*made.changes, update),
        access=made.access,
        risks=(
            Risk(rule="access-opened", rank="high", subject="api/rates", message="`rates` opens to 2 people"),
            Risk(rule="removed", rank="low", subject="partner/acme", message="1 grant of `acme` is removed"),
        ),
        approvals=(Approval("logistics", "changes partner/acme", ("partner/acme",)),),
        drift=Drift((update,)),
        findings=tuple(
            Finding(rule="yaml", severity=each, message=f"an {each}", hint="mend it", file="a.yaml", line=3)
            for each in Severity
        ),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_by_day_and_by_night(opened: Callable[..., Page], scheme: str) -> None:
    page = opened(everything(), link="https://git.example/x", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    page.get_by_role("rowheader", name="core/app 1 affected").click()
    ratio, text = page.evaluate(_CONTRAST)

    assert ratio >= ENOUGH, text


def test_without_a_script_who_gains_and_loses_and_what_changes_can_be_read(
    opened: Callable[..., Page],
) -> None:
    page = opened(everything(), java_script_enabled=False)

    expect(page.locator("#filter, #matrix, #picked")).to_have_count(3)
    assert page.locator("#filter:visible, #matrix:visible, #picked:visible").count() == 0
    assert [
        [cell.strip() for cell in row.split("\t")]
        for row in page.locator("#list tr:visible").all_inner_texts()
    ] == [
        ["Who", "APIs", "Access", "Via", "Until"],
        ["core/app\ndi@core.example", "labels, rates", "+none → consume", "gold", "2027-12-31"],
        ["Who", "APIs", "Access", "Via", "Was until"],
        [
            "acme/ops\nana@acme.example, bo@acme.example",
            "tracking",
            "−consume → none",  # noqa: RUF001  a minus
            "silver",
            "no end date",
        ],
        ["bolt/web\ncy@bolt.example", "labels, rates", "−consume → view", "gold", "no end date"],  # noqa: RUF001  a minus
    ]
    assert page.locator(".changes tr:visible").count() == 1 + 3 + len(everything().changes)


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Callable[..., Page]) -> None:
    page = opened(everything(), viewport={"width": 400, "height": 800}, link="https://git.example/x")
    page.get_by_role("rowheader", name="core/app 1 affected").click()

    assert page.evaluate("document.documentElement.scrollWidth") == 400


def test_print_shows_the_lists_instead_of_the_matrix(opened: Callable[..., Page]) -> None:
    page = opened(big(400))
    page.pdf()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert not page.is_visible("#matrix")
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("#list tbody tr").count() == 400
    assert page.locator(".changes tr:not(.section):not(thead tr)").count() == 400


def test_those_who_listen_find_landmarks_headings_and_a_table(opened: Callable[..., Page]) -> None:
    heard = opened(everything()).locator("body").aria_snapshot()

    assert re.findall(
        r"^ *- '?((?:banner|main|contentinfo|search|grid|heading|status)\b.*?)'?:?$", heard, re.MULTILINE
    ) == [
        "banner",
        'heading "Denied: nobody gains or loses access" [level=1]',
        "main",
        'heading "Denied by 1 error" [level=2]',
        'heading "Risks" [level=2]',
        'heading "Required approvals" [level=2]',
        'search "Filter"',
        "status: 3 teams, 3 APIs, 7 changes",
        'heading "Access changes" [level=2]',
        'grid "Access changes"',
        'heading "7 changes" [level=2]',
        "contentinfo",
    ]
