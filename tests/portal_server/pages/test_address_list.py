"""Addresses that people type, paste or upload."""

import csv
from io import StringIO
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.portal_server.pages.address_list import AddressListError, read_file, read_text

NOT_UTF8 = (
    "Line 2 of the file is not UTF-8, perhaps Windows-1252. Save it as “CSV UTF-8”, and choose it again."
)


def found(text: str) -> list[tuple[str, str | None]]:
    return [(entry.place, entry.email) for entry in read_text(text)]


def test_typed_addresses_are_separated_by_lines_commas_semicolons_and_tabs() -> None:
    assert found(
        'ana@a.example\r\n\n  Bo Berg <BO@a.example>, cy@a.example;\tnobody\r"Doe, Di" <di@a.example>'
    ) == [
        ("1, column 1", "ana@a.example"),
        ("3, column 3", "bo@a.example"),
        ("3, column 27", "cy@a.example"),
        ("3, column 41", None),
        ("4, column 1", "di@a.example"),
    ]
    assert [entry.text for entry in read_text("Ana <ana@a.example> Berg, =1+1")] == [
        "Ana <ana@a.example> Berg",
        "=1+1",
    ]
    assert found(" ,\n;") == []


def test_an_unclosed_quote_does_not_hide_the_addresses_after_it() -> None:
    assert found('"Ana, bo@a.example') == [("1, column 1", None), ("1, column 7", "bo@a.example")]


@pytest.mark.parametrize(
    "content",
    [
        b"email\nana@a.example\n",
        b"\xef\xbb\xbfName,E-Mail,Phone\r\nAna,ana@a.example,=HYPERLINK(1)\r\n",
        b'"Name";"Email"\n"Berg; Ana";"Ana <ANA@a.example>"\n;\n',
        "Name\temail\nAnä\tana@a.example".encode(),
    ],
)
def test_the_column_email_of_a_file_is_found_wherever_it_is(content: bytes) -> None:
    assert [(entry.line, entry.email, entry.in_file) for entry in read_file(content)] == [
        (2, "ana@a.example", True)
    ]


def test_rows_are_counted_by_lines_and_cells_and_every_row_is_reported() -> None:
    content = b'name,email\n"two\nlines",ana@a.example\nBo,\n\nshort\n,@SUM(1)\n'

    assert [(entry.place, entry.text, entry.email) for entry in read_file(content)] == [
        ("file 2, cell 2", "ana@a.example", "ana@a.example"),
        ("file 4, cell 2", "", None),
        ("file 6, cell 2", "", None),
        ("file 7, cell 2", "@SUM(1)", None),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"",
            "The first line of the file has no column “email”. Add a line with titles, one of them “email”.",
        ),
        (
            b"ana@a.example\n",
            "The first line of the file has no column “email”. Add a line with titles, one of them “email”.",
        ),
        (
            "name,email\nZoë,ana@a.example\nJürgen,bo@a.example".encode("cp1252"),
            NOT_UTF8,
        ),
        (
            "email\nana@a.example".encode("utf-16"),
            "The file is not text in UTF-8. Save it as “CSV UTF-8”, and choose it again.",
        ),
        (
            b"email\nana@\0a.example",
            "The file is not text in UTF-8. Save it as “CSV UTF-8”, and choose it again.",
        ),
        (
            b'email,name\nana@a.example,"Ana\nbo@a.example,Bo\n',
            "Line 2 of the file has a quote that does not end, or text after it. Fix it there.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(AddressListError) as refused:
        read_file(content)
    assert str(refused.value) == message


CELLS = st.one_of(
    st.sampled_from(["", " ", '"', "\n", "\r\n", "=cmd|'/c calc'!A1", "a,b;c\td", '""', "ana@a.example"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    st.sampled_from(",;\t"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_a_file_is_read_as_python_writes_it(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: Literal[0, 1]
) -> None:
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)
    writer.writerows([("name", "email", "note"), *rows])

    read = read_file(written.getvalue().encode())

    assert [entry.text for entry in read] == [
        row[1].strip() for row in rows if any(cell.strip() for cell in row)
    ]
