"""`reconciler fmt` writes the files of the configuration in one style, or shows what it would write."""

import pytest

from tests.cli.running import Place

FILE = "partners/acme.yaml"
BEFORE = """\
kind: Partner
apiVersion: "reconciler/v1"
metadata: {name: acme}
spec:
    type:  reseller   # why
"""
AFTER = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {name: acme}
spec:
  type: reseller                        # why
"""


@pytest.fixture
def unformatted(place: Place) -> Place:
    """A repository with a partner that is not formatted; everything else is."""
    place.run("fmt")
    (place.folder / FILE).write_text(BEFORE)
    return place


def test_files_are_formatted_and_the_difference_and_their_paths_are_printed(unformatted: Place) -> None:
    shown = unformatted.run("fmt", "--check").out
    first, second = unformatted.run("fmt"), unformatted.run("fmt")

    assert (first.code, first.out, first.err) == (0, f"{FILE}\n", shown)
    assert (unformatted.folder / FILE).read_text() == AFTER
    assert (second.code, second.out, second.err) == (0, "", "")


def test_check_prints_the_difference_and_writes_nothing(unformatted: Place) -> None:
    ran = unformatted.run("fmt", "--check")

    assert ran.code == 1
    assert ran.out.splitlines()[:6] == [
        f"--- {FILE}",
        f"+++ {FILE}",
        "@@ -1,5 +1,5 @@",
        "+apiVersion: reconciler/v1",
        " kind: Partner",
        '-apiVersion: "reconciler/v1"',
    ]
    assert (unformatted.folder / FILE).read_text() == BEFORE


def test_check_of_formatted_files_succeeds_without_output(unformatted: Place) -> None:
    unformatted.run("fmt")
    ran = unformatted.run("fmt", "--check")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_only_the_files_at_the_paths_are_formatted(unformatted: Place) -> None:
    assert unformatted.run("fmt", "access-groups", "reconciler.yaml").out == ""
    assert unformatted.run("fmt", "partners").out == f"{FILE}\n"


def test_a_path_without_files_of_the_configuration_is_an_error(unformatted: Place) -> None:
    (unformatted.folder / "notes.yaml").write_text("a:   b\n")
    ran = unformatted.run("fmt", "notes.yaml")

    assert (ran.code, ran.out) == (1, "")
    assert "notes.yaml is not a YAML file of this configuration" in ran.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [\n", "it has errors; `reconciler validate` shows them"),
        ("a: &x [b]\nc: *x\n", "it has anchors or aliases"),
    ],
)
def test_a_file_that_is_left_as_it_is_is_no_failure(unformatted: Place, text: str, problem: str) -> None:
    (unformatted.folder / FILE).write_text(text)
    ran = unformatted.run("fmt", "--check")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{FILE} was left as it is: {problem}\n"
