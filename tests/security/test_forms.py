"""Strangers fill in forms, and branches commit them: their text becomes no markup, and no file elsewhere."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from markdown_it import MarkdownIt

from reconciler.cli.main import program
from tests.cli.running import CONFIGURATION, Place
from tests.edit.filled_forms import FORM, filled_removal

PLAIN = {"text", "strong_open", "strong_close", "code_inline", "softbreak", "hardbreak"}
HOSTILE = (
    "![x](https://evil.example/pixel.png)",
    "[click](https://evil.example)",
    "<img/src=x/onerror=alert(1)>",
    "`@halden-freight/platform`",
    "``x`` **bo@acme.example**",
    "::error::x",
    "-x@acme.example\u202e",
    "$(touch${IFS}made)@acme.example;touch made",
)
FORM_PATH = ".github/ISSUE_TEMPLATE/new-partner.yml"


@pytest.mark.parametrize("answer", HOSTILE)
def test_an_answer_about_a_form_has_no_markup_of_the_form(place: Place, answer: str) -> None:
    before = (place.folder / "partners" / "acme.yaml").read_text()
    form = place.folder / "form.md"
    form.write_text(filled_removal(people=answer, partner=answer))
    ran = place.run("offboard", "--from-form", "form.md", "--format", "markdown")
    inline = [token for token in MarkdownIt().parse(ran.out) if token.type == "inline"]
    kinds = {child.type for token in inline for child in token.children or ()}
    shown = "".join(
        child.content for token in inline for child in token.children or () if child.type == "text"
    )

    assert (ran.code, kinds <= PLAIN, (place.folder / "made").exists()) == (1, True, False)
    assert {*shown.split()} <= {"E-mail", "addresses:", "Partner:"}
    assert (place.folder / "partners" / "acme.yaml").read_text() == before


@pytest.mark.parametrize("linked", [FORM_PATH, str(Path(FORM_PATH).parent)])
def test_a_form_is_not_changed_through_a_link(place: Place, tmp_path: Path, linked: str) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    form = elsewhere / "new-partner.yml"
    form.write_text(FORM.read_text("utf-8"), "utf-8")
    link = place.folder / linked
    link.parent.mkdir(parents=True)
    link.symlink_to(form if linked == FORM_PATH else elsewhere)
    ran = place.run("forms")

    assert (ran.code, "symbolic link" in ran.err) == (1, True)
    assert form.read_text("utf-8") == FORM.read_text("utf-8")


def test_a_shell_completes_no_name_of_a_portal_that_it_would_run(place: Place) -> None:
    names = ("$(touch made)", "`id`", "a b", "x;y", "-v", "\x1b[2J", "fine")
    portals = "".join(f"        {name!r}: {{}}\n" for name in names).replace("'", '"')
    place.write(reconciler=CONFIGURATION.replace("      portals:\n", f"      portals:\n{portals}"))
    found = ShellComplete(program, {}, "reconciler", "").get_completions(["list", "--portal"], "")

    assert [each.value for each in found] == ["fine", "local", "away"]
