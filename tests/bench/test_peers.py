"""The comparison with other tools: its objects, how outputs are read, and what is written of the results."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from bench.peers import octodns, opentofu, ours
from bench.peers.measure import Costs, compare
from bench.peers.objects import KINDS, objects
from bench.peers.results import Cost, Machine, Measured, Measurement, Results, read, write
from bench.peers.table import table
from bench.peers.tool import Tool
from bench.process import run
from docs import peers
from docs.images.peers import SCHEMES, chart
from reconciler.desired import build_desired_state
from reconciler.load import load, load_configuration
from reconciler.schema import schemas

FAST: Final = Cost(1.5, 2.0, 100.0)
SLOW: Final = Cost(50.0, 80.0, 1235.0)
RESULTS: Final = Results(
    Machine("Linux x86_64", 2, 24, "3.11.7"),
    limit=60,
    tools=(
        Measured("Reconciler", "0.1.0", (Measurement(30, 3, SLOW, FAST), Measurement(120, 1, SLOW, SLOW))),
        Measured("Other, fast", "9.1", (Measurement(30, 3, FAST, FAST), Measurement(120, 1, SLOW, None))),
        Measured("Other, slow", "9.1", (Measurement(30, 1, None, None), Measurement(120, 0, None, None))),
    ),
)


def test_objects_follow_those_that_they_need() -> None:
    found = list(objects(40))
    places = {each.name: place for place, each in enumerate(found)}

    assert Counter(each.kind for each in found) == {
        "access_group": 10,
        "access_item": 10,
        "partner": 2,
        "team": 2,
        "membership": 12,
        "grant": 4,
    }
    assert len(places) == 40
    assert [
        each.name for each in found if any(places[need.name] > places[each.name] for need in each.needs)
    ] == []
    assert all(tuple(need.kind for need in each.needs) == KINDS[each.kind] for each in found)


@pytest.mark.parametrize("size", [20, 35])
def test_an_uneven_number_of_objects_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} is not 20 plus a multiple of 10"):
        list(objects(size))


def test_our_files_contain_as_many_objects(tmp_path: Path) -> None:
    ours.prepare(tmp_path, 40)
    ours.configure(tmp_path, "{type: embedded, database: portal.db}")
    known = schemas()
    configuration, problems = load_configuration(tmp_path / "reconciler.yaml", known)
    assert configuration is not None, problems
    repository, findings = load(configuration, tmp_path, known)

    assert findings == []
    assert len(build_desired_state(repository, "2026-11-24").resources) == 40


def test_a_block_of_opentofu_refers_to_what_it_needs() -> None:
    (text,) = opentofu.blocks(30).values()

    assert text.count('resource "terraform_data" "') == 30
    assert text.endswith(
        'resource "terraform_data" "grant_partner-00000-web-group-1" {\n  input = {\n'
        '    name = "partner-00000-web-group-1"\n    level = "consume"\n    until = "2031-12-31"\n'
        "    access_group = terraform_data.access_group_group-1.output.name\n"
        "    team = terraform_data.team_partner-00000-web.output.name\n  }\n}\n"
    )


def test_for_each_of_opentofu_has_a_block_and_a_data_file_for_each_kind() -> None:
    files = opentofu.for_each(30)

    assert list(files) == ["main.tf", *(f"{kind}.json" for kind in KINDS)]
    assert files["team.json"] == (
        '{"partner-00000-web": {"name": "partner-00000-web", "display_name": "Web", '
        '"partner": "partner-00000"}}'
    )
    assert (
        'locals {\n  team = jsondecode(file("team.json"))\n}\n'
        'resource "terraform_data" "team" {\n  for_each = local.team\n  input = merge(each.value, {\n'
        "    partner = terraform_data.partner[each.value.partner].output.name\n  })\n}\n"
    ) in files["main.tf"]


def test_octodns_has_a_zone_for_each_partner(tmp_path: Path) -> None:
    octodns.prepare(tmp_path, 40)

    zones = {path.name: path.read_text() for path in tmp_path.joinpath("desired").iterdir()}
    assert {name: text.count("type: TXT") for name, text in zones.items()} == {
        "groups.example.yaml": 20,
        "partner-00000.example.yaml": 10,
        "partner-00001.example.yaml": 10,
    }
    assert (
        "partner-00001-web:\n  ttl: 300\n  type: TXT\n"
        "  value: kind=team display_name=Web partner=partner-00001\n"
    ) in zones["partner-00001.example.yaml"]
    assert "  partner-00001.example.: {sources: [desired], targets: [live]}\n" in (
        tmp_path.joinpath("config.yaml").read_text()
    )


@pytest.mark.parametrize(
    ("output", "count"),
    [
        ("Plan: 1,000 to create …\nApplied 1,000.\nReceipt: r.json\n", 1000),
        ("Applied 998, failed 2.\n", 0),
        ("No changes.\n", 0),
    ],
)
def test_our_output_says_how_many_objects_were_created(output: str, count: int) -> None:
    assert ours.created(output) == count


@pytest.mark.parametrize(
    ("output", "count"),
    [
        ("\nApply complete! Resources: 1000 added, 0 changed, 0 destroyed.\n", 1000),
        ("\nApply complete! Resources: 1000 added, 1 changed, 0 destroyed.\n", 0),
        ("Plan: 1000 to add, 0 to change, 0 to destroy.\nError: no\n", 0),
    ],
)
def test_the_output_of_opentofu_says_how_many_objects_were_created(output: str, count: int) -> None:
    assert opentofu.created(output) == count


@pytest.mark.parametrize(
    ("output", "count"),
    [
        (
            (
                "*   Summary: Creates=10, Updates=0, Deletes=0, Existing=0, Meta=False\n"
                "*   Summary: Creates=7, Updates=0, Deletes=0, Existing=0, Meta=False\n"
            ),
            17,
        ),
        ("*   Summary: Creates=1, Updates=2, Deletes=0, Existing=9, Meta=False\n", 0),
        ("No changes were planned\n", 0),
    ],
)
def test_the_output_of_octodns_says_how_many_objects_were_created(output: str, count: int) -> None:
    assert octodns.created(output) == count


def test_outputs_say_whether_a_plan_has_no_changes() -> None:
    assert ours.unchanged("No changes.\n")
    assert not ours.unchanged("Plan: 1 to create, 0 to update, 0 to delete; 9 unchanged.\n")
    assert opentofu.unchanged(
        "\nNo changes. Your infrastructure matches the configuration.\n\nOpenTofu has …"
    )
    assert not opentofu.unchanged("\nPlan: 1 to add, 0 to change, 0 to destroy.\n")
    assert octodns.unchanged("********\nNo changes were planned\n********\n")
    assert not octodns.unchanged("*   Summary: Creates=1, Updates=0, Deletes=0, Existing=0, Meta=False\n")


def test_a_command_that_needs_too_much_cpu_time_is_ended(tmp_path: Path) -> None:
    script = "while :; do :; done"

    with pytest.raises(TimeoutError, match=r"^sh -c while :; do :; done needs more than 1 s of CPU time$"):
        run(("sh", "-c", script), tmp_path, limit=1)


def test_a_command_within_its_limit_keeps_its_arguments(tmp_path: Path) -> None:
    assert run(("printf", "%s|", "a b", "$HOME", "'"), tmp_path, limit=9).output == "a b|$HOME|'|"


def test_tools_take_turns_and_slow_ones_are_measured_less_often() -> None:
    first, second = Cost(1.0, 2.0, 30.0), Cost(3.0, 1.0, 50.0)
    rounds: dict[tuple[str, int], list[Costs]] = {
        ("quick", 30): [(first, second), (second, first), (second, second)],
        ("quick", 40): [(SLOW, FAST), (SLOW, FAST), (SLOW, FAST)],
        ("long", 30): [(SLOW, SLOW)],
        ("long", 40): [(SLOW, None)],
        ("endless", 30): [(None, None)],
    }
    turns: list[tuple[str, int]] = []

    def measure(tool: Tool, size: int) -> Costs:
        turns.append((tool.name, size))
        return rounds[tool.name, size].pop(0)

    found = compare([named("quick"), named("long"), named("endless")], (30, 40), 3, measure)

    assert turns == [
        *[("quick", 30), ("long", 30), ("endless", 30), ("quick", 30), ("quick", 30)],
        *[("quick", 40), ("long", 40), ("quick", 40), ("quick", 40)],
    ]
    assert found == (
        Measured("quick", "1", (Measurement(30, 3, second, second), Measurement(40, 3, SLOW, FAST))),
        Measured("long", "1", (Measurement(30, 1, SLOW, SLOW), Measurement(40, 1, SLOW, None))),
        Measured("endless", "1", (Measurement(30, 1, None, None), Measurement(40, 0, None, None))),
    )


def named(name: str) -> Tool:
    return ours.TOOL._replace(name=name, version="1")


def test_the_table_says_what_was_not_done() -> None:
    assert table(RESULTS) == (
        "| objects | tool | plan without changes | CPU | apply from nothing | CPU | peak memory |\n"
        "|---:|---|---:|---:|---:|---:|---:|\n"
        "| 30 | Reconciler | 1.5 s | 2.0 s | 50.0 s | 80.0 s | 1,235 MB |\n"
        "| 30 | Other, fast | 1.5 s | 2.0 s | 1.5 s | 2.0 s | 100 MB |\n"
        "| 30 | Other, slow | not tried |  | over 60 s of CPU |  | not known |\n"
        "| 120 | Reconciler | 50.0 s | 80.0 s | 50.0 s | 80.0 s | 1,235 MB |\n"
        "| 120 | Other, fast | over 60 s of CPU |  | 50.0 s | 80.0 s | 1,235 MB |\n"
        "| 120 | Other, slow | not tried |  | not tried |  | not known |\n"
    )


def test_the_chart_shows_the_largest_number_of_objects() -> None:
    drawn = chart(RESULTS, SCHEMES["dark"])

    assert (
        '<title id="title">120 objects: time and memory of each tool</title>\n'
        '<desc id="description">Plan without changes: Reconciler 50.0 s, Other, fast over 60 s of CPU, '
        "Other, slow not tried. Apply from nothing: Reconciler 50.0 s, Other, fast 50.0 s, "
        "Other, slow not tried. Peak memory: Reconciler 1,235 MB, Other, fast 1,235 MB, "
        "Other, slow not known.</desc>\n"
    ) in drawn
    assert drawn.count('fill="#4493f8"') == 3
    assert drawn.count('fill="#7d8590"') == 2


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(RESULTS, tmp_path / "results.json")

    assert read(tmp_path / "results.json") == RESULTS


def test_the_page_shows_the_kept_results() -> None:
    page = peers.PAGE.read_text("utf-8")

    assert peers.updated(page, read()) == page, "update it with: python -m docs.peers"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pictures_show_the_kept_results(scheme: str) -> None:
    picture = peers.IMAGES / f"peers-{scheme}.svg"

    assert chart(read(), SCHEMES[scheme]) == picture.read_text("utf-8"), (
        "update it with: python -m docs.peers"
    )
