"""Files with a JSON object in each line, as CRMs and APIs export them."""

import pytest

from reconciler.errors import InputError
from reconciler.model.accounts import Account, Accounts, UnreadAccount
from reconciler.sources.jsonl_file import read_jsonl
from tests.sources.crm_settings import jsonl_source


def test_keys_are_found_by_their_names_or_by_paths_and_values_become_text() -> None:
    source = jsonl_source(
        id="account.id",
        fields={"displayName": "a.b", "agreement": "no", "domains": "sites", "until": "end.day"},
    )
    content = (
        b'\xef\xbb\xbf{"account": {"id": 12345678901234567890}, "a.b": " Acme ", "no": 1.50,'
        b' "sites": ["a.example", "b.example"], "end": {"day": null}}' + b"\r\n\r\n"
        b'{"account": {"id": true}, "a.b": "", "sites": {"x": "\\u00e9"}, "end": 1}'
    )

    assert read_jsonl("crm.jsonl", content, source).accounts == (
        Account(
            "crm.jsonl:1",
            {
                "account.id": "12345678901234567890",
                "a.b": "Acme",
                "sites": "a.example, b.example",
                "no": "1.50",
                "end.day": "",
            },
        ),
        Account(
            "crm.jsonl:3",
            {"account.id": "true", "a.b": "", "sites": '{"x": "é"}', "no": "", "end.day": ""},
        ),
    )


@pytest.mark.parametrize("content", [b"", b"\n \r\n"])
def test_an_empty_file_has_no_accounts(content: bytes) -> None:
    assert read_jsonl("crm.jsonl", content, jsonl_source()) == Accounts(())


def test_lines_that_are_not_objects_are_unread_and_all_others_are_read() -> None:
    bad = [b"[1]", b"{", b'{"Id": 1, "Id": 2}', b'{"Id": NaN}', b'{"Id": "\xff"}', b"[" * 100_000, b"7"]
    found = read_jsonl("crm.jsonl", b'{"Id": 1, "Name": "Acme"}\n' + b"\n".join(bad), jsonl_source())

    assert [each.values for each in found.accounts] == [{"Id": "1", "Name": "Acme"}]
    assert found.unread == tuple(
        UnreadAccount(f"crm.jsonl:{line}", f"it is not a JSON object: {message}", hint)
        for line, message, hint in (
            (2, "it is another value", "write each object on one line: `jq -c '.[]'`"),
            (3, "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", ""),
            (4, 'it has the key "Id" twice', ""),
            (5, "NaN is not JSON", ""),
            (6, "the text is not UTF-8", ""),
            (7, "it is nested too deeply", "write each object on one line: `jq -c '.[]'`"),
            (8, "it is another value", ""),
        )
    )


def test_a_key_that_no_object_has_is_an_error_that_names_a_similar_one() -> None:
    content = b'{"Id": 1, "Nmae": "A"}\n{"Id": 2, "site": {"web": "x"}}\n'

    with pytest.raises(InputError) as refused:
        read_jsonl("crm.jsonl", content, jsonl_source(fields={"domains": "sites.web", "until": "z"}))

    assert refused.value.message.splitlines() == [
        'crm.jsonl: no object has the key "Name"; did you mean "Nmae"?',
        'crm.jsonl: no object has the key "sites.web"; did you mean "site.web"?',
        'crm.jsonl: no object has the key "z"; the keys are Id, Nmae, site.web',
    ]
