"""CSV files as CRMs and spreadsheets export them."""

import pytest

from reconciler.errors import InputError
from reconciler.model.accounts import Accounts, UnreadAccount
from reconciler.sources.csv_file import read_csv
from tests.growth import steps
from tests.sources.crm_settings import csv_source


def rows(found: Accounts) -> list[tuple[str, dict[str, str]]]:
    return [(each.place, dict(each.values)) for each in found.accounts]


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        (b"Id,Name\n1,M\xc3\xbcller\n", {}),
        (b"\xef\xbb\xbfId,Name,Phone\r\n1,M\xc3\xbcller,\r\n", {}),
        (b"Id;Name\r\n1;M\xfcller\r\n", {"separator": ";", "encoding": "cp1252"}),
        ("Id\tName\n1\tMüller".encode("utf-16"), {"separator": "\t", "encoding": "utf-16"}),
        (b' name ,"ID"\n M\xc3\xbcller ,"1"\n', {}),
        (b"Name,Id\nM\xc3\xbcller,1,,\n", {}),
    ],
    ids=["plain", "mark", "semicolons", "utf-16", "spaces", "empty cells"],
)
def test_every_separator_and_encoding_gives_the_same_account(
    content: bytes, settings: dict[str, str]
) -> None:
    assert rows(read_csv("crm.csv", content, csv_source(**settings))) == [
        ("crm.csv:2", {"Id": "1", "Name": "Müller"})
    ]


def test_cells_in_quotes_have_separators_quotes_and_line_breaks_and_lines_are_counted() -> None:
    content = b'Id,Name\n1,"Acme ""A"", Ltd\nBerlin"\n\n,\n2,Bolt\n'

    assert rows(read_csv("crm.csv", content, csv_source())) == [
        ("crm.csv:2", {"Id": "1", "Name": 'Acme "A", Ltd\nBerlin'}),
        ("crm.csv:6", {"Id": "2", "Name": "Bolt"}),
    ]


def test_an_export_with_nothing_but_a_header_has_no_accounts() -> None:
    assert read_csv("crm.csv", b"Id,Name\r\n", csv_source()) == Accounts(())


def test_columns_of_all_settings_are_read() -> None:
    source = csv_source(
        name="Short",
        mergedInto="Master",
        where={"Kind": ["Partner"]},
        fields={"until": {"column": "End"}},
        new={
            "teams": [
                {
                    "name": "ops",
                    "admins": ["{Mail}"],
                    "members": {"from": "sso", "group": "{Group} of {Name}"},
                }
            ]
        },
    )

    assert source.columns == ("Id", "Short", "Master", "Kind", "Name", "End", "Group", "Mail")


def test_rows_with_too_few_or_too_many_cells_are_unread_and_all_others_are_read() -> None:
    found = read_csv("crm.csv", b"Id,Name,City\n1,Acme\n2,Bolt,Ulm\n3,Cobalt,Ulm,x\n", csv_source())

    assert rows(found) == [("crm.csv:3", {"Id": "2", "Name": "Bolt"})]
    assert found.unread == (
        UnreadAccount("crm.csv:2", "the row has 2 cells, and the header has 3", "is the file complete?"),
        UnreadAccount(
            "crm.csv:4",
            "the row has 4 cells, and the header has 3",
            "put quotes around texts with separators",
        ),
    )


@pytest.mark.parametrize(
    ("content", "settings", "message", "hint"),
    [
        (b"", {}, "crm.csv is empty", "export it again, with the names of the columns in its first row"),
        (
            b"Id,Name\n1,M\xfcller\n",
            {},
            "crm.csv:2: the text is not utf-8",
            "set encoding to that of the file, such as cp1252",
        ),
        (
            "Id,Name\n".encode("utf-16"),
            {},
            "crm.csv:1: the text is not utf-8",
            "set encoding to that of the file, such as utf-16",
        ),
        (
            b"Id,Name\n1,A\0\n",
            {},
            "crm.csv:2: the text contains a NUL character",
            "set encoding to that of the file, such as utf-16-le",
        ),
        (b"Id", {"encoding": "rot13"}, 'unknown encoding "rot13"', "use utf-8, utf-16 or cp1252"),
        (
            b'Id,Name\n1,"Acme\n2,Bolt\n',
            {},
            "crm.csv:2: invalid CSV: unexpected end of data",
            "check the quotes from this line on",
        ),
        (
            b'Id,Name\n1,"Acme" Ltd\n',
            {},
            "crm.csv:2: invalid CSV: ',' expected after '\"'",
            "check the quotes from this line on",
        ),
        (
            b"id,Nam,Name ,name\n",
            {"fields": {"until": "End Dat", "agreement": "nam"}, "where": {"IsDeleted": [""]}},
            (
                'crm.csv:1: there is no column "IsDeleted"; the columns are id, Nam, name\n'
                'crm.csv:1: several columns have the name "Name"; keep one of them\n'
                'crm.csv:1: there is no column "End Dat"; the columns are id, Nam, name'
            ),
            "",
        ),
        (b"Id,Nmae\n", {}, 'crm.csv:1: there is no column "Name"; did you mean "Nmae"?', ""),
        (
            b"Id;Name\n",
            {},
            "crm.csv:1: there is only one column, with none of the names in the settings",
            "if ';' separates columns, set separator to it",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    content: bytes, settings: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_csv("crm.csv", content, csv_source(**settings))

    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_the_work_grows_with_the_number_of_rows() -> None:
    def cost(number: int) -> int:
        content = b"Id,Name\n" + b"".join(b'%d,"Acme, %d"\n' % (each, each) for each in range(number))
        return steps(lambda: read_csv("crm.csv", content, csv_source()))

    assert cost(2_000) - cost(1_000) < 20 * 1_000
