"""stderr as JSON, for those who collect it."""

import json
from typing import Any

from tests.cli.running import Place, process


def told(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.splitlines()]


def test_everything_on_stderr_is_json_when_asked_for(place: Place) -> None:
    ran = place.run("apply", "--auto-approve", "--log-format", "json")

    (receipt,) = told(ran.err)
    assert (ran.code, sorted(receipt), receipt["level"], receipt["message"].startswith("Receipt: ")) == (
        0,
        ["level", "message", "time"],
        "info",
        True,
    )


def test_an_error_of_several_lines_is_one_message(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    place.run("apply", "plan.json")

    error, hint = told(place.run("apply", "plan.json", "--log-format", "json").err)

    assert (error["level"], error["message"].count("\n"), hint["message"]) == ("error", 6, "Hint: plan again")


def test_a_request_tells_its_parts(place: Place) -> None:
    first, *_ = told(process(place.folder, "plan", "-v", "--log-format", "json").err)

    assert {key: first[key] for key in ("level", "method", "path", "status")} == {
        "level": "info",
        "method": "GET",
        "path": "portal",
        "status": 200,
    }
