"""JSON that is nested so deeply that whoever reads it would crash."""

import json
from pathlib import Path

import pytest

from reconciler.model.plan import checksum
from tests.cli.forging import Job
from tests.cli.running import Place
from tests.security.forging import Document, forge

DEEP = b"[" * 100_000
# As deep as it can just be read.
NESTED = json.loads("[" * 400 + "]" * 400)


@pytest.mark.parametrize(
    "content", [DEEP, b'{"format": ' + DEEP, b'{"format": ' + b"[" * 400 + b"]" * 400 + b"}"]
)
@pytest.mark.parametrize(
    "arguments",
    [("show", "file"), ("apply", "file"), ("comment", "plan", "file"), ("comment", "receipt", "file")],
    ids=" ".join,
)
def test_deep_json_is_no_plan_receipt_or_journal(
    place: Place, arguments: tuple[str, ...], content: bytes
) -> None:
    (place.folder / "file").write_bytes(content)

    ran = place.run(*arguments)

    assert (ran.code in {1, 4}, "unexpected error" in ran.err) == (True, False)


@pytest.mark.parametrize("said", ["reconciler-plan/1.2", "reconciler-receipt/1.1", "reconciler-journal/1.0"])
@pytest.mark.parametrize("nested", [NESTED, "deep"])
def test_deep_json_within_a_file_of_ours_is_an_error(place: Place, said: str, nested: object) -> None:
    document = {"format": said, "later": nested}
    content = json.dumps({**document, "checksum": checksum(document)}).encode().replace(b'"deep"', DEEP)
    (place.folder / "file").write_bytes(content)

    ran = place.run("show", "file")

    assert (ran.code in {1, 4}, ran.err.startswith("Error: "), "unexpected error" in ran.err) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "html"])
def test_deep_json_in_a_plan_that_fits_its_digest_is_refused(place: Place, output_format: str) -> None:
    place.run("plan", "--out", "plan.json")

    def edit(document: Document) -> None:
        document["fileChanges"] = [{"about": "configuration", "path": "rules", "before": NESTED, "after": 1}]

    forge(place, edit)
    ran = place.run("show", "plan.json", "--format", output_format)

    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        "Error: plan.json: this is not a valid plan: the change of 'configuration' is nested too deeply",
    )


def test_a_deep_event_of_a_job_is_an_error(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(tmp_path, monkeypatch)
    job.on_github("http://127.0.0.1:9").reviews()
    event = tmp_path / "event.json"
    event.write_bytes(DEEP)
    job.set(GITHUB_EVENT_PATH=str(event))
    place.run("plan", "--out", "plan.json")

    ran = place.run("comment", "plan", "plan.json")

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        f"Error: GITHUB_EVENT_PATH: {event} cannot be read: JSON is nested too deeply",
    )
