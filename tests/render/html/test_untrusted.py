"""Whatever names and messages say, the page stays what it is: nothing runs, nothing loads, all is shown."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Error, Page

from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Plan
from reconciler.render import html
from tests.laws import examples
from tests.render.html.samples import several
from tests.render.plans import bare
from tests.render.test_untrusted import plan_with

NASTY = st.text(alphabet="ab<>&\"'`=/ \n\r\t-!]\\#:;\u202e\u200b\u2028\x00\x1b", max_size=12)
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\" onmouseover=\"alert(3)' autofocus onfocus='alert(4)",
    "javascript:alert(5)",
    "</style><style>*{display:none}</style>",
    "</textarea></title></noscript><svg onload=alert(6)>",
    "<!--<script>",
    "{{7*7}}${7*7}`__proto__`constructor",
    "\u202etxt.exe\u2066",
    "__proto__",
]
_LINKS = "() => [...document.querySelectorAll('a:not(.skip)')].map((each) => each.href)"


class _Shape(HTMLParser):
    """What a page is made of, without what stands in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append((f"/{tag}", ()))

    def handle_comment(self, data: str) -> None:
        self.seen.append((data, ()))


def hostile() -> Plan:
    """Return a plan in which everything is one of the hostile texts."""
    plans = [plan_with(each) for each in HOSTILE]
    steps = [
        AccessChange(each, "none", "view", f"{each}/t", (each,), (f"access-group/{each}",), each)
        for each in HOSTILE
    ]
    return bare(
        changes=tuple(change for each in plans for change in each.changes),
        findings=tuple(finding for each in plans for finding in each.findings),
        risks=tuple(risk for each in plans for risk in each.risks),
        approvals=tuple(approval for each in plans for approval in each.approvals),
        approvers={owner: known for each in plans for owner, known in each.approvers.items()},
        access=Impact(tuple(steps), ()),
    )


def test_hostile_texts_are_shown_and_do_nothing(opened: Callable[..., Page]) -> None:
    page = opened(hostile(), link="https://git.example/x")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    for each in page.locator("#grid tbody th button").all():
        each.click()
    page.mouse.move(300, 300)

    shown = page.locator("#grid thead th").all_inner_texts()
    assert sorted(shown[1:]) == sorted(
        each.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066") for each in HOSTILE
    )
    assert (
        page.locator("img, style:not(head style), script[src], [onerror], [onload], [onfocus]").count() == 0
    )
    assert {each.split("/")[2] for each in page.evaluate(_LINKS)} == {"git.example"}


def test_a_link_that_is_no_web_page_is_none() -> None:
    assert "<a " not in html.plan(hostile(), link="javascript:alert(1)//").replace('<a href="#access"', "")


def test_what_a_script_would_make_of_texts_is_stopped_by_the_policy(
    chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "plan.html").write_text(html.plan(several()), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "plan.html").as_uri())
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {id: 'other'}))")

    for attempt in ("document.body.innerHTML = '<b>'", "document.body.setAttribute('onclick', 'alert(1)')"):
        with pytest.raises(Error, match="Trusted"):
            page.evaluate(attempt)
    page.close()


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(30)
@given(NASTY)
def test_no_text_changes_what_the_page_is_made_of(said: str) -> None:
    shape = _Shape(html.plan(plan_with(f"x{said.replace('/', '')}"), link="https://git.example"))

    assert shape.seen == _Shape(html.plan(plan_with("x"), link="https://git.example")).seen


@examples(30)
@given(NASTY)
def test_equal_plans_give_equal_bytes_in_any_encoding(said: str) -> None:
    page = html.plan(plan_with(f"ä日{said}"))

    assert page.isascii()
    assert page == html.plan(plan_with(f"ä日{said}"))


@examples(30)
@given(NASTY)
def test_the_data_is_whole_and_cannot_end_its_element(said: str) -> None:
    page = html.plan(plan_with(f"{said}</script>"))
    found = re.search(r'<script type="application/json" id="data">([^<>&]*)</script>', page)

    assert found is not None
    assert len(json.loads(found[1])["steps"]) == 4
