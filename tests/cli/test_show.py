import json

from tests.cli.running import Place, Ran


def receipt(place: Place) -> str:
    (kept,) = (place.folder / ".reconciler" / "receipts").iterdir()
    return str(kept)


def test_a_saved_plan_is_shown_as_it_was(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json")

    assert place.run("show", "plan.json") == planned


def test_a_saved_plan_is_shown_in_json(place: Place) -> None:
    planned = place.run("plan", "--out", "plan.json", "--format", "json")

    assert place.run("show", "plan.json", "--format", "json") == planned


def test_a_receipt_is_shown(place: Place) -> None:
    place.run("apply", "--auto-approve")

    assert place.run("show", receipt(place)) == Ran(0, "Applied 6.\n")


def test_a_plan_that_was_edited_is_refused_as_stale(place: Place) -> None:
    place.run("plan", "--out", "plan.json")
    path = place.folder / "plan.json"
    path.write_text(path.read_text().replace("view", "consume").replace("acme", "bolt"))

    assert place.run("show", "plan.json") == Ran(
        4,
        "",
        "Error: the plan was edited or cut off: it does not fit its checksum\n"
        "Hint: make it again with `reconciler plan --out FILE`\n",
    )


def test_a_plan_of_another_major_format_is_refused_as_stale(place: Place) -> None:
    (place.folder / "plan.json").write_text(json.dumps({"format": "reconciler-plan/2.0"}))

    assert place.run("show", "plan.json") == Ran(
        4,
        "",
        "Error: this is no plan of the format reconciler-plan/1: its format is 'reconciler-plan/2.0'\n"
        "Hint: make it again with `reconciler plan --out FILE`\n",
    )


def test_what_is_neither_plan_nor_receipt_is_refused(place: Place) -> None:
    (place.folder / "list.json").write_text("[]")

    assert [place.run("show", name) for name in ("list.json", "catalog.yaml", "partners", "none.json")] == [
        Ran(1, "", "Error: list.json is neither a plan nor a receipt: its format is None\n"),
        Ran(
            1,
            "",
            "Error: catalog.yaml is neither a plan nor a receipt: "
            "JSON is malformed: invalid character (byte 0)\n",
        ),
        Ran(1, "", "Error: partners cannot be read: Is a directory\n"),
        Ran(1, "", "Error: none.json cannot be read: No such file or directory\n"),
    ]
