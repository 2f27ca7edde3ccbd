"""`reconciler forms`: the lists of issue forms offer what the files define."""

import pytest
import yaml

from tests.cli.running import GROUP, PARTNER, Place
from tests.edit.filled_forms import FORM

NEW = ".github/ISSUE_TEMPLATE/new-partner.yml"
REMOVE = ".github/ISSUE_TEMPLATE/remove-person.yml"
OTHER = """\
# A form of our own
name: Remove a person
body:
  - type: dropdown
    id: partner  # who it is about
    attributes:
      label: Partner
      options:
        - gone
        - acme
  - type: dropdown
    id: reason
    attributes: {label: Reason, options: [left, other]}
  - type: dropdown
    id: access
    attributes: {label: Access groups, options: &groups [tracking]}
  - {type: input, id: owner, attributes: {label: Owner}}
"""


@pytest.fixture
def forms(place: Place) -> Place:
    """A repository with both forms, a second partner that has ended, and a group that is offered to view."""
    for name, text in ((NEW, FORM.read_text("utf-8")), (REMOVE, OTHER)):
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    viewed = GROUP.replace("name: tracking", "name: rates").replace(
        "type: reseller", "type: reseller, level: view"
    )
    return place.write(
        partners__bolt=PARTNER.replace("name: acme", "name: bolt"),
        partners__gone=PARTNER.replace("name: acme", "name: gone").replace(
            "spec:\n", "spec:\n      status: ended\n"
        ),
        **{"access-groups__rates": viewed},
    )


def lists(place: Place, name: str) -> dict[str, list[str]]:
    body = yaml.safe_load((place.folder / name).read_text("utf-8"))["body"]
    return {each["id"]: each["attributes"]["options"] for each in body if each["type"] == "dropdown"}


def test_lists_become_what_the_files_define_and_nothing_else_changes(forms: Place) -> None:
    before = (forms.folder / NEW).read_text("utf-8").splitlines()
    ran = forms.run("forms")
    after = (forms.folder / NEW).read_text("utf-8").splitlines()

    assert (ran.code, ran.out) == (0, f"{NEW}\n{REMOVE}\n")
    assert lists(forms, NEW) == {
        "type": ["reseller", "subsidiary", "contractor", "external", "internal"],
        "owner": ["partnerships", "logistics"],
        "access": ["tracking"],
    }
    assert [row for row, old in zip(after, before, strict=True) if row != old] == [
        "      options: [partnerships, logistics]",
        "      options: [tracking]",
    ]
    assert lists(forms, REMOVE) == {
        "partner": ["acme", "bolt"],
        "reason": ["left", "other"],
        "access": ["tracking"],
    }
    changed = (forms.folder / REMOVE).read_text("utf-8")
    assert changed.startswith("# A form of our own\n")
    assert "id: partner  # who it is about" in changed

    again = forms.run("forms")

    assert (again.code, again.out, again.err) == (0, "", "All forms are up to date.\n")
    assert forms.run("forms", "--check").code == 0


def test_check_shows_what_differs_and_writes_nothing(forms: Place) -> None:
    before = (forms.folder / NEW).read_text("utf-8")
    ran = forms.run("forms", "--check")

    assert (ran.code, (forms.folder / NEW).read_text("utf-8")) == (1, before)
    assert ran.err.splitlines() == [
        f"Error: {NEW} is not up to date:",
        "-      options: [partnerships, platform, shipping, tracking, customs, network, finance]",
        "+      options: [partnerships, logistics]",
        "-      options: [addresses, invoices, line-haul, shipping, tracking, tracking-lookup]",
        "+      options: [tracking]",
        "Hint: run the same command without --check to write it",
    ]


def test_a_comment_in_a_list_is_not_lost(forms: Place) -> None:
    text = OTHER.replace("- gone", "- gone  # ended")
    (forms.folder / REMOVE).write_text(text)
    ran = forms.run("forms")

    assert (ran.code, ran.err.splitlines()[0], (forms.folder / REMOVE).read_text()) == (
        1,
        f"Error: {REMOVE}: the comment on line 9 would be lost",
        text,
    )


def test_a_list_without_any_choice_stays_as_it_is(forms: Place) -> None:
    forms.write(
        **{"access-groups__tracking": GROUP.replace("{type: reseller}", "{type: reseller, level: view}")}
    )
    forms.run("forms")

    assert "tracking-lookup" in lists(forms, NEW)["access"]


def test_the_choice_that_github_adds_itself_is_left_out(forms: Place) -> None:
    forms.write(partners__none=PARTNER.replace("name: acme", "name: none"))
    forms.run("forms")

    assert lists(forms, REMOVE)["partner"] == ["acme", "bolt"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body: [", f"{NEW}:1:8: "),
        ("a: 1\n---\nb: 2\n", f"{NEW} has 2 documents"),
        ("body: 1\nbody: 2\n", f"{NEW}:2:1: "),
    ],
)
def test_a_form_that_cannot_be_read_is_an_error_and_no_other_is_written(
    forms: Place, text: str, message: str
) -> None:
    (forms.folder / NEW).write_text(text)
    ran = forms.run("forms")

    assert (ran.code, ran.err.startswith(f"Error: {message}"), (forms.folder / REMOVE).read_text()) == (
        1,
        True,
        OTHER,
    )


@pytest.mark.parametrize(
    "text", ["", "body: 1", "- 1", "body: [1, {type: dropdown, id: owner, attributes: []}]"]
)
def test_a_text_that_is_no_form_has_no_lists(forms: Place, text: str) -> None:
    (forms.folder / NEW).write_text(text)

    assert (forms.run("forms").code, (forms.folder / NEW).read_text()) in [(0, text), (1, text)]


def test_files_with_errors_and_a_missing_form_are_errors(forms: Place) -> None:
    forms.write(partners__bolt="kind: Partner")
    wrong = forms.run("forms")
    (forms.folder / NEW).unlink()
    (forms.folder / REMOVE).unlink()
    forms.write(partners__bolt=None)
    missing = forms.run("forms")

    assert (wrong.code, wrong.err.splitlines()[0]) == (1, "Error: the files have errors")
    assert (missing.code, missing.err) == (
        1,
        (
            "Error: there is no new-partner.yml or remove-person.yml in .github/ISSUE_TEMPLATE\n"
            "Hint: copy a form of Reconciler to this folder first\n"
        ),
    )


def test_the_forms_of_this_repository_are_up_to_date(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FORM.parents[2])

    assert place.run("forms", "--check").code == 0
