"""Distinguished names that are equal, and values in search filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.sources.ldap.names import escaped, is_below, parse_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=Ana,ou=People", "CN = ana , OU=people"),
        ("cn=Ana;ou=people", "cn=Ana,ou=people"),
        ("cn=a+uid=b,ou=c", "uid=B+cn=A,ou=c"),
        (r"cn=J\c3\bcrgen", "cn=JÜRGEN"),
        (r"cn=Lee\, Ana", r"cn=lee\2c  ana"),
        (r"cn=a\ ", "cn=a"),
        ("cn=#0403414243", "CN=#0403414243"),
        ("", "  "),
    ],
)
def test_equal_names_are_equal(one: str, other: str) -> None:
    assert parse_name(one) == parse_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=a,ou=b", "ou=b,cn=a"),
        ("cn=a,ou=b", r"cn=a\,ou=b"),
        ("cn=a+uid=b", r"cn=a\+uid=b"),
        ("cn=#61", r"cn=\#61"),
        ("cn=a", "ou=a"),
        ("cn=a", ""),
    ],
)
def test_different_names_are_different(one: str, other: str) -> None:
    assert parse_name(one) != parse_name(other)


@pytest.mark.parametrize("text", ["example.com", "cn=a,,ou=b", "=a", "cn=a,", "c n=a", "<GUID=1>"])
def test_what_is_not_a_name_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no attribute type"):
        parse_name(text)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_any_values_can_be_in_a_name(values: list[str]) -> None:
    text = ",".join("cn=" + "".join(f"\\{byte:02x}" for byte in value.encode()) for value in values)

    name = parse_name(text)

    assert len(name) == len(values)
    assert is_below(name, name[1:])
    assert not is_below(name[1:], name)


@given(st.binary())
def test_a_value_in_a_filter_has_no_special_characters(value: bytes) -> None:
    text = escaped(value)

    assert text.isascii()
    assert not set(text) & set("()* \x00")
    assert unescaped(text) == value


def unescaped(text: str) -> bytes:
    parts = text.split("\\")
    return parts[0].encode() + b"".join(bytes.fromhex(each[:2]) + each[2:].encode() for each in parts[1:])
