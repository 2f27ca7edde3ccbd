"""Formatting follows no link, shows hidden characters, and changes no value for any reader of YAML."""

from itertools import pairwise

import pytest
import yaml

from tests.cli.running import Place

FILE = "partners/acme.yaml"
HEAD = "apiVersion:  reconciler/v1\nkind: Partner\nmetadata: {name: acme}\n"


def test_no_file_is_read_or_written_through_a_link(place: Place) -> None:
    target = place.folder.parent / "elsewhere.yaml"
    target.write_text(HEAD)
    (place.folder / FILE).unlink()
    (place.folder / FILE).symlink_to(target)

    assert FILE not in place.run("fmt").out
    assert target.read_text() == HEAD


def test_a_hidden_character_is_shown_in_the_difference(place: Place) -> None:
    (place.folder / FILE).write_text(f"# safe\u202e\n{HEAD}", "utf-8")
    ran = place.run("fmt", "--check", FILE)

    assert (ran.code, "\u202e" in ran.out, "\\u202e" in ran.out) == (1, False, True)


@pytest.mark.parametrize("quote", ["'{}'", '"{}"'])
@pytest.mark.parametrize(
    "text",
    ["no", "on", "y", "~", "null", "1e5", "012", "0o17", "1:30", "2027-01-01", "<<", "=", "!x", "&x", "- a"],
)
def test_a_text_is_a_text_for_every_reader(place: Place, quote: str, text: str) -> None:
    (place.folder / FILE).write_text(f"{HEAD}spec: {{owner: {quote.format(text)}}}\n")
    place.run("fmt", FILE)
    new = (place.folder / FILE).read_text()

    assert new.startswith("apiVersion: reconciler/v1\n")
    assert yaml.safe_load(new)["spec"] == {"owner": text}


def test_aliases_that_grow_without_bound_are_left_as_they_are(place: Place) -> None:
    doubled = [f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise("abcdefghi")]
    bomb = f"a: &a [x, x]\n{''.join(doubled)}"
    (place.folder / FILE).write_text(bomb)
    ran = place.run("fmt", FILE)

    assert (ran.code, ran.out) == (0, "")
    assert f"{FILE} was left as it is: it has" in ran.err
    assert (place.folder / FILE).read_text() == bomb
