from collections.abc import Callable

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from reconciler.errors import InputError
from reconciler.model import field_types, identity
from reconciler.portal_server.values import formats
from reconciler.portal_server.values.addresses import canonical_domain, canonical_email, mailbox

FILES_EMAIL: TypeAdapter[str] = TypeAdapter(field_types.Email)
FILES_DOMAIN: TypeAdapter[str] = TypeAdapter(field_types.Domain)
# What normalizing turns into something else, what separates, and what nobody sees.
ODD = st.sampled_from(
    "aZ9-_.+/@ "
    "\u00a0\u00ad\u00df\u0085\u0130\u037e\u0958\u1e9e\u2000\u2028\u200d\u212a\u3002\ufb1d\ufeff\uff0e"
)
WORDS = st.text(alphabet=ODD | st.characters(exclude_categories=["Cs"]), max_size=70)


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("Ana@ACME.example", "ana@acme.example"),
        ("ana@B\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
        ("J\u00d6RG@acme.example", "j\u00f6rg@acme.example"),
        ("jo\u0308rg@acme.example", "j\u00f6rg@acme.example"),
        ("a.b+c@acme.example", "a.b+c@acme.example"),
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
        "a/b@acme.example",
        "a..b@acme.example",
        ".a@acme.example",
        "a\u2003b@acme.example",
        "a\u0085b@acme.example",
        "\u4e2d" * 82 + "@acme.example",
        "ana@\u4e2d." + "\u00fc." * 60 + "example",
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


@given(
    st.emails() | st.builds("{}@{}.example".format, WORDS, WORDS) | st.builds("{}@{}".format, WORDS, WORDS)
)
@example("a\u037e@acme.example")
@example("ana@acme.example\u3002")
@example("ana@" + "a" * 64 + ".example")
@example("ana@\u4e2d." + "\u00fc." * 60 + "example")
def test_files_and_portal_take_the_same_addresses_and_spell_them_alike(text: str) -> None:
    assert in_portal(text, formats.Email, canonical_email) == in_files(
        text, FILES_EMAIL, identity.canonical_email
    )


@given(st.builds("{}.{}".format, WORDS, WORDS))
@example("acme.example\u3002")
@example("a" * 64 + ".example")
def test_files_and_portal_take_the_same_domains_and_spell_them_alike(text: str) -> None:
    assert in_portal(text, formats.Domain, canonical_domain) == in_files(
        text, FILES_DOMAIN, identity.canonical_domain
    )


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ana@acme.example", "ana@acme.example"),
        ("ana+news+more@acme.example", "ana@acme.example"),
        ("+ana@acme.example", "+ana@acme.example"),
        ("a.na@acme.example", "a.na@acme.example"),
        ("a.n.a+1@googlemail.com", "ana@gmail.com"),
        ("\uff41na@acme.example", "ana@acme.example"),
        ("a\u200bna@acme.example", "ana@acme.example"),
    ],
)
def test_the_spellings_of_one_mailbox_have_one_key(email: str, expected: str) -> None:
    assert mailbox(email) == expected


def in_portal(text: str, taken: object, canonical: Callable[[str], str]) -> str | None:
    try:
        return canonical(msgspec.convert(text, taken))
    except ValueError:
        return None


def in_files(text: str, taken: TypeAdapter[str], canonical: Callable[[str], str]) -> str | None:
    try:
        return canonical(taken.validate_python(text))
    except (ValidationError, InputError):
        return None
