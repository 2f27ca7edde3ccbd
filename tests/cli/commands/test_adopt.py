import pytest

from tests.cli.running import CONFIGURATION, Place, Ran

NEWCOMER = CONFIGURATION.replace("our-company", "newcomer")


ALL_ADOPTED = (
    "all objects of the files that exist in the portal are already managed by this configuration."
    " `reconciler plan` shows the others."
)


@pytest.fixture
def foreign(place: Place) -> Place:
    """A portal that holds what the files ask for, made under another name."""
    place.run("apply", "--auto-approve")
    return place.write(reconciler=NEWCOMER)


def test_what_somebody_else_made_is_not_changed(foreign: Place) -> None:
    ran = foreign.run("plan")

    assert (ran.code, ran.out.count("[not-managed]")) == (3, 3)


def test_what_the_files_name_is_taken_over_as_it_is(foreign: Place) -> None:
    ran = foreign.run("adopt", "--all-desired", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-1], foreign.run("plan")) == (
        0,
        "Applied 3.",
        Ran(0, "No changes.\n"),
    )


def test_only_what_is_named_is_taken_over(foreign: Place) -> None:
    foreign.run("adopt", "partner/acme", "--auto-approve")

    assert foreign.run("plan").out.count("[not-managed]") == 2


def test_what_cannot_be_taken_over_is_named_all_at_once(foreign: Place) -> None:
    assert foreign.run("adopt", "partner/bolt", "grant/tracking/team/acme/ops") == Ran(
        1,
        "",
        "Error: partner/bolt is not defined in any file\n"
        "grant/tracking/team/acme/ops cannot be adopted on its own; adopt its parent\n"
        "Hint: give ids of partners, teams, products and groups in the files: partner/acme, team/acme/ops\n",
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [("acme", "partner/acme"), ("partner/acme/ops", "team/acme/ops"), ("partner/acne", "partner/acme")],
)
def test_the_id_that_was_probably_meant_is_suggested(foreign: Place, given: str, meant: str) -> None:
    assert foreign.run("adopt", given).err.splitlines()[0] == (
        f'Error: {given} is not defined in any file; did you mean "{meant}"?'
    )


def test_without_a_terminal_the_hint_names_only_what_adopt_accepts(foreign: Place) -> None:
    ran = foreign.run("adopt", "--all-desired")

    assert (ran.code, ran.err.splitlines()[-1]) == (1, "Hint: --auto-approve applies without asking")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["partner/acme"], "these objects are already managed by this configuration."),
        (["--all-desired"], ALL_ADOPTED),
    ],
)
def test_where_nothing_is_left_to_adopt_the_reason_is_shown(
    place: Place, arguments: list[str], reason: str
) -> None:
    place.run("apply", "--auto-approve")

    ran = place.run("adopt", *arguments)

    assert ran == Ran(0, "No changes.\n", f"Nothing to adopt: {reason}\n")
