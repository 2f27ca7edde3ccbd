import pytest

from reconciler.edit import REMOVAL_LABELS, read_removal_form
from reconciler.model.partner_request import Problem, RemovalRequest
from tests.edit.filled_forms import REMOVAL_FORM, filled_removal, questions

ANA, BO = "ana@acme.example", "bo@acme.example"


def test_the_form_asks_what_is_read_and_sets_no_label() -> None:
    asked = [question["attributes"]["label"] for question in questions(REMOVAL_FORM)]

    assert asked == list(REMOVAL_LABELS.values())
    assert "labels:" not in REMOVAL_FORM.read_text("utf-8")


@pytest.mark.parametrize("people", [f"{ANA}\n{BO}", f"- {ANA}\n- {BO}", f"{ANA}, {BO};"])
def test_addresses_are_read_as_people_write_them(people: str) -> None:
    expected = RemovalRequest(people=(ANA, BO), partner="acme")

    assert read_removal_form(filled_removal(people=people, partner="acme")) == (expected, [])


def test_all_that_is_wrong_is_reported_at_once() -> None:
    form = filled_removal(people=f"Ana Reed <{ANA}>\n{BO}", partner="acme\nbolt")
    request, problems = read_removal_form(f"Hello\n{form}\n### Reason\nleft")

    assert (request, [(each.field, each.message) for each in problems]) == (
        RemovalRequest(people=(BO,)),
        [
            (None, 'the form has no heading "Reason"'),
            (None, "there is text before the first heading of the form"),
            ("partner", "the answer has several lines"),
            ("people", '"Ana" is not a valid e-mail address'),
            ("people", '"Reed" is not a valid e-mail address'),
            ("people", '"<ana@acme.example>" is not a valid e-mail address'),
        ],
    )


def test_an_empty_form_needs_an_address() -> None:
    assert read_removal_form(filled_removal()) == (
        RemovalRequest(),
        [Problem("people", "a value is required", "write at least one e-mail address")],
    )
