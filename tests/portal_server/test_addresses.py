import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.portal_server.addresses import canonical_email


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("Ana@ACME.example", "ana@acme.example"),
        ("ana@B\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
        ("J\u00d6RG@acme.example", "j\u00f6rg@acme.example"),
        ("jo\u0308rg@acme.example", "j\u00f6rg@acme.example"),
        ("a/b+c@acme.example", "a/b+c@acme.example"),
    ],
)
def test_an_address_has_one_spelling(spelling: str, canonical: str) -> None:
    assert canonical_email(spelling) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@acme.example",
        "ana@",
        "ana@acme",
        "ana@.example",
        "ana@-acme.example",
        "ana@a_b.example",
        "a b@acme.example",
        "a@b@acme.example",
        "a\0@acme.example",
        "a\u037e@acme.example",
        "ana@" + "a" * 64 + ".example",
        "ana@\u00e4" + "a" * 60 + ".example",
        "a" * 250 + "@acme.example",
    ],
)
def test_what_is_no_address_has_no_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain|longer"):
        canonical_email(text)


@given(st.emails() | st.text(max_size=20).map(lambda local: f"{local}@acme.example"))
def test_a_canonical_address_is_its_own_canonical_form(text: str) -> None:
    try:
        once = canonical_email(text)
    except ValueError:
        return
    assert canonical_email(once) == once
