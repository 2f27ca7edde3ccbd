"""People in CSV files, as directories, CRMs and spreadsheets export them."""

import pytest

from reconciler.edit import People, read_people


def emails(table: People) -> list[str]:
    assert table.problems == ()
    return [each.email for each in table.people]


@pytest.mark.parametrize(
    "text",
    [
        "email\na@x.example\nb@x.example\n",
        "\ufeffEmail;Name\r\na@x.example;Ana, the first\r\nb@x.example;\r\n",
        "name\tE-Mail\nAna\ta@x.example\nBo\tb@x.example",
        '"Email Address","Name"\n"a@x.example","Ana\nMaria"\n\n,\n"b@x.example","B ""Bo"" O",,\n',
        "mail\n a@x.example \nb@x.example\nA@X.example\n",
    ],
    ids=["plain", "excel", "tabs", "quotes", "spaces"],
)
def test_a_column_with_addresses_is_found_by_its_name(text: str) -> None:
    assert emails(read_people("people.csv", text)) == ["a@x.example", "b@x.example"]


def test_rows_have_their_own_end_and_role_and_other_columns_are_named() -> None:
    table = read_people(
        "p.csv", "Role,Team,EMAIL,Until\nAdmin,x,a@x.example,2027-12-31\n,,b@x.example,\n,,b@x.example,\n"
    )

    assert [(each.email, each.role, each.until, each.place) for each in table.people] == [
        ("a@x.example", "admin", "2027-12-31", "p.csv:2"),
        ("b@x.example", "", "", "p.csv:3"),
    ]
    assert (table.ignored, table.repeated) == (("Team",), 1)


def test_all_wrong_rows_are_reported_with_their_lines() -> None:
    text = (
        "email,until,role,note\n"
        'a@x,2027-02-30,owner,"two\nlines"\n'
        "b@x.example,,,\n"
        ",2027-01-01,,\n"
        "c@x.example,,,n,x\n"
        "B@x.example,2027-01-01,,\n"
    )

    assert read_people("p.csv", text).problems == (
        'p.csv:2: "a@x" is not a valid e-mail address; use name@company.example',
        'p.csv:2: "2027-02-30" is not a valid date; check month and day',
        'p.csv:2: "owner" is not a role; use admin or member',
        "p.csv:5: the e-mail address is missing; fill it in, or remove the row",
        "p.csv:6: the row has more cells than the first row; put quotes around text with commas",
        "p.csv:7: B@x.example differs from p.csv:4; keep one of the rows",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "p.csv:1: the file is empty"),
        (
            "Name,Phone\nAna,1\n",
            'p.csv:1: there is no column "email"; rename the one that has the addresses: "Name", "Phone"',
        ),
        ("email,e-mail\n", 'p.csv:1: there are several columns "email"; keep one of them'),
        ('email\na@x.example\n"b@x.example\n', "p.csv:3: invalid CSV: unexpected end of data"),
    ],
    ids=["empty", "none", "two", "open-quote"],
)
def test_a_file_of_another_shape_is_refused(text: str, problem: str) -> None:
    assert read_people("p.csv", text).problems == (problem,)
