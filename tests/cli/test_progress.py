import re

from tests.cli.running import Place, on_terminal, process

READ = """\
partners: 0 of 0
teams: 0 of 0
members: 0 of 0
products: 0 of 0
product-items: 0 of 0
access-groups: 0 of 0
access-items: 0 of 0
grants: 0 of 0
apis: 1 of 1
"""


def test_in_a_pipe_there_is_no_progress(place: Place) -> None:
    assert place.run("plan").err == ""


def test_v_keeps_a_line_for_each_step(place: Place) -> None:
    said = place.run("plan", "-v").err.splitlines()

    assert [line for line in said if " of " in line] == READ.splitlines()


def test_v_shows_each_request_without_token_and_query(place: Place) -> None:
    said = process(place.folder, "plan", "-v").err.splitlines()

    assert [re.sub(r"\d+ ms", "N ms", line) for line in said if "GET" in line][:3] == [
        "GET /portal 200 N ms",
        "GET /me 200 N ms",
        "GET /partners 200 N ms",
    ]


def test_on_a_terminal_a_line_is_written_over_and_goes_away(place: Place) -> None:
    shown = on_terminal(place.folder, "plan", "--no-color").out

    assert shown.rpartition("\x1b[K")[0].endswith("\r\x1b[Kapis: 1 of 1\r")
    assert shown.rpartition("\x1b[K")[2].startswith("Plan for local")
