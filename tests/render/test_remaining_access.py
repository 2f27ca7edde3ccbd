"""What every format says of a loss that leaves a lower level: until when that level remains."""

import json

from reconciler.render import html, json_format, markdown, text
from tests.builders import group, partner, team
from tests.render.plans import from_to

ANA = "ana@acme.example"
GOLD = group("gold", apis=["rates"])
BEFORE = {"group": "gold", "until": "2028-01-31"}
AFTER = {"group": "gold", "level": "view", "until": "2027-03-01"}
MADE = from_to(
    [partner("acme", team("ops", "ana@acme.example", members=[], access=[BEFORE])), GOLD],
    [partner("acme", team("ops", "ana@acme.example", members=[], access=[AFTER])), GOLD],
)


def test_text_says_until_when_the_lower_level_remains_and_the_former_path_was() -> None:
    line = "rates  consume → view until 2027-03-01  via gold, was until 2028-01-31"

    assert f"      {line}\n" in text.plan(MADE, color=False)


def test_markdown_has_both_ends_in_the_table_and_the_remaining_one_in_the_sentence() -> None:
    said = markdown.plan(MADE)

    assert [line for line in said.splitlines() if "loses access to `rates`" in line or line.startswith("| ")][
        :4
    ] == [
        "`ana@acme.example` in `acme/ops` loses access to `rates` (view until 2027-03-01, was consume).\\",
        "| Who | APIs | Access | Via | Was until |",
        "| --- | --- | --- | --- | --- |",
        f"| `acme/ops`<br>`{ANA}` | `rates` | consume → **view** until 2027-03-01 | `gold` | 2028-01-31 |",
    ]


def test_the_page_has_both_ends_in_its_list() -> None:
    page = html.plan(MADE)

    assert ("consume &#8594; view until 2027-03-01</td>" in page, ">Was until</th>" in page) == (True, True)


def test_json_keeps_the_former_end_and_adds_the_remaining_one() -> None:
    [lost] = json.loads(json_format.plan(MADE))["access"]["lost"]

    assert (lost["to"], lost["until"], lost["remainingUntil"]) == ("view", "2028-01-31", "2027-03-01")
