"""A branch commits something at the path of `--out`, so that its own plan is reviewed."""

from pathlib import Path

import pytest

from tests.cli.running import PARTNER, Place, Ran

WRONG = PARTNER.replace("displayName", "displayname")
OLD = '{"digest": "sha256:00", "format": "reconciler-plan/1.5", "changes": []}'


def test_a_branch_cannot_leave_a_plan_where_planning_fails(place: Place) -> None:
    (place.folder / "plan.json").write_text(OLD)
    place.write(partners__acme=WRONG)

    code = place.run("plan", "--out", "plan.json").code

    assert (code, (place.folder / "plan.json").exists()) == (1, False)


@pytest.mark.parametrize(
    "arguments",
    [("--files-only",), ("--portal", "nowhere"), ("--base", "nowhere"), ("--today", "never")],
    ids=" ".join,
)
def test_a_branch_cannot_leave_a_plan_where_the_command_fails(
    place: Place, arguments: tuple[str, ...]
) -> None:
    (place.folder / "plan.json").write_text(OLD)

    code = place.run("plan", "--out", "plan.json", *arguments).code

    assert (code, (place.folder / "plan.json").exists()) == (1, False)


def test_a_branch_cannot_leave_a_plan_by_taking_the_configuration_away(place: Place) -> None:
    (place.folder / "plan.json").write_text(OLD)
    place.write(reconciler=None)

    code = place.run("plan", "--out", "plan.json").code

    assert (code, (place.folder / "plan.json").exists()) == (1, False)


def test_a_branch_cannot_have_a_plan_taken_through_a_link_with_a_name_too_long_to_write(place: Place) -> None:
    long = place.folder / ("x" * 250)
    long.write_text(OLD)
    (place.folder / "plan.json").symlink_to(long.name)

    ran = place.run("plan", "--out", "plan.json")

    assert ran == Ran(
        1,
        "",
        "Error: plan.json was a symbolic link and has been removed; nothing was planned\n"
        "Hint: a branch could have committed it: check with git, and plan again\n",
    )
    assert not (place.folder / "plan.json").is_symlink()
    assert long.read_text() == OLD


@pytest.mark.parametrize("out", ["plans/plan.json", "plans/new/plan.json", "partners/../plans/plan.json"])
def test_a_branch_cannot_lead_a_plan_elsewhere_by_a_linked_folder(
    place: Place, tmp_path_factory: pytest.TempPathFactory, out: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "plan.json").write_text("precious")
    (place.folder / "plans").symlink_to(elsewhere)

    ran = place.run("plan", "--out", out)

    assert ran == Ran(
        1,
        "",
        f"Error: {out} is not used: {place.folder}/plans is a symbolic link\n"
        "Hint: a link in a checkout could lead anywhere: remove it, or use a path without links\n",
    )
    assert [(path.name, path.read_text()) for path in elsewhere.iterdir()] == [("plan.json", "precious")]


def test_a_branch_cannot_lead_a_plan_elsewhere_from_beside_a_configuration_in_a_subfolder(
    place: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (place.folder / ".git").mkdir()
    (place.folder / "linked").symlink_to(elsewhere)
    inner = place.folder / "inner"
    inner.mkdir()
    (place.folder / "reconciler.yaml").rename(inner / "reconciler.yaml")
    monkeypatch.chdir(tmp_path_factory.mktemp("away"))

    ran = place.run(
        "plan",
        "--config",
        str(inner / "reconciler.yaml"),
        "--out",
        str(place.folder / "linked" / "plan.json"),
    )

    assert (ran.code, list(elsewhere.iterdir())) == (1, [])


def test_a_link_outside_of_the_checkout_is_the_users_own(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "real").mkdir()
    (outside / "by-link").symlink_to("real")

    ran = place.run("plan", "--out", str(outside / "by-link" / "plan.json"))

    assert (ran.code, (outside / "real" / "plan.json").is_file()) == (0, True)


def test_a_link_at_the_end_is_refused_outside_of_the_checkout_too(place: Place, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.json"
    outside.symlink_to("precious.json")

    ran = place.run("plan", "--out", str(outside))

    assert (ran.code, ran.err, outside.is_symlink()) == (
        1,
        f"Error: {outside} is a symbolic link\nHint: give the path of its target\n",
        True,
    )
