import pytest

from reconciler.edit import LABELS, partner_file, read_form
from reconciler.model.partner_request import PartnerRequest, Problem, TeamRequest
from tests.edit.filled_forms import FILE, filled, questions

AGAIN = "fill in the form again, and change only the answers"


def test_a_form_that_was_filled_in_is_the_file_that_was_meant() -> None:
    request, problems = read_form(filled())

    assert (partner_file(request, "partners"), problems) == (FILE, [])


def test_the_form_asks_what_is_read() -> None:
    assert sorted(question["attributes"]["label"] for question in questions()) == sorted(LABELS.values())


def test_an_untouched_form_asks_for_nothing() -> None:
    assert read_form(filled({})) == (PartnerRequest(), [])


def test_questions_that_a_form_leaves_out_are_not_answered() -> None:
    assert read_form("### Short name\n\nacme") == (PartnerRequest(name="acme"), [])


def test_an_edited_issue_has_other_line_breaks() -> None:
    assert read_form(filled().replace("\n", "\r\n")) == read_form(filled())


@pytest.mark.parametrize(
    "answer",
    ["a.example\nb.example", "- a.example\n- b.example\n", "a.example, b.example;", " a.example  b.example"],
)
def test_lists_are_written_as_people_write_them(answer: str) -> None:
    assert read_form(filled({}, domains=answer))[0].domains == ("a.example", "b.example")


def test_admins_without_a_team_are_kept_to_be_reported() -> None:
    assert read_form(filled({}, admins="a@b.example"))[0].teams == (TeamRequest("", ("a@b.example",)),)


@pytest.mark.parametrize("nothing", ["_No response_", "None"])
def test_a_choice_that_was_not_made_is_nothing(nothing: str) -> None:
    assert read_form(filled(type=nothing, access=nothing))[0] == read_form(filled(type="", access=""))[0]


def test_everything_that_is_not_an_answer_is_reported() -> None:
    form = filled(name="northstar\n### Kind\nPartner\n### Type\ninternal", team="a\nb")

    request, problems = read_form(f"Hello\n{form}")

    assert problems == [
        Problem(None, 'the form has no heading "Kind"', AGAIN),
        Problem("type", "this heading appears twice", AGAIN),
        Problem(None, "there is text before the first heading of the form", AGAIN),
        Problem("team", "the answer has several lines", "write it on one line"),
    ]
    # The first answer counts, so that later messages are about it.
    assert (request.name, request.type) == ("northstar", "internal")


def test_a_text_that_no_form_makes_is_not_read() -> None:
    assert read_form("#" * 70_001) == (
        PartnerRequest(),
        [Problem(None, "the text has more than 70,000 characters", AGAIN)],
    )
