import json
from pathlib import Path

import pytest

from reconciler.policy import confusables
from tests.builders import document, group, partner, team
from tests.policy.judging import judged

CYRILLIC_A = "\u0430"
ZERO_WIDTH = "\u200b"
HINT = "type the address again"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (
            f"{CYRILLIC_A}na@acme.example",
            "\\u0430na@acme.example contains Cyrillic and Latin letters in one word",
        ),
        (
            f"ana@{CYRILLIC_A}cme.example",
            "ana@\\u0430cme.example contains Cyrillic and Latin letters in one word",
        ),
        (
            "ana@xn--cme-7cd.example",
            "ana@xn--cme-7cd.example contains Cyrillic and Latin letters in one word",
        ),
        (f"an{ZERO_WIDTH}a@acme.example", "an\\u200ba@acme.example contains U+200B (zero width space)"),
    ],
)
def test_a_deceptive_address_is_reported(address: str, told: str) -> None:
    assert judged("lookalike-email", partner("acme", team("a", address))) == [
        ("partners/acme.yaml:13:7", f"{told}: it is not the address that it looks like", HINT)
    ]


@pytest.mark.parametrize(
    "address", ["zoë@bücher.example", "用户@例え.example", "анна@почта.example", "ana@xn--bcher-kva.example"]
)
def test_an_address_in_one_script_is_fine(address: str) -> None:
    acme = partner("acme", team("a", address), blocked=["x@" + address.partition("@")[2]])

    assert (judged("lookalike-email", acme), judged("hidden-characters", acme)) == ([], [])


def test_an_undecodable_a_label_is_not_a_lookalike() -> None:
    assert (
        judged("lookalike-email", partner("acme", team("a", "ana@xn--\u00e9.example", "bo@xn--9.example")))
        == []
    )


def test_domains_blocked_people_and_developers_are_looked_at_too() -> None:
    strange = f"{CYRILLIC_A}cme.example"

    assert [
        place
        for place, _, _ in judged(
            "lookalike-email",
            partner("acme", domains=[strange], blocked=[f"x@{strange}"]),
            group(grants=[{"developer": f"x@{strange}"}]),
        )
    ] == ["access-groups/tracking.yaml:11:16", "partners/acme.yaml:11:5", "partners/acme.yaml:13:5"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Ac{ZERO_WIDTH}me", "U+200B (zero width space)"),
        ("Acme \u202egnp", "U+202E (right-to-left override)"),
        ("Ac\u007fme", "U+007F (control character)"),
        ("Ac\u200dme", "U+200D (zero width joiner)"),
    ],
)
def test_text_with_invisible_characters_is_reported(text: str, told: str) -> None:
    assert judged("hidden-characters", partner("acme", displayName=text)) == [
        ("partners/acme.yaml:7:16", f"this text contains {told}", "remove it")
    ]


@pytest.mark.parametrize(
    "text", ["Größe", "\u0645\u06cc\u200c\u062e\u0648", "👩\u200d💻", "two\nlines\tand a tab"]
)
def test_text_as_people_write_it_is_fine(text: str) -> None:
    assert judged("hidden-characters", group(description=text)) == []


def test_all_invisible_characters_of_a_text_are_named_once() -> None:
    text = f"a{ZERO_WIDTH}b\u202ec{ZERO_WIDTH}"

    assert judged("hidden-characters", partner("acme", displayName=text)) == [
        (
            "partners/acme.yaml:7:16",
            "this text contains U+200B (zero width space), U+202E (right-to-left override)",
            "remove them",
        )
    ]


def test_hidden_characters_are_found_also_where_the_schema_is_not_met() -> None:
    broken = document(f'{{kind: Partner, metadata: {{name: acme}}, spec: {{x: [1, "{ZERO_WIDTH}"]}}}}')

    assert [place for place, _, _ in judged("hidden-characters", broken)] == ["partners/acme.yaml:1:55"]


def test_an_invalid_domain_is_reported_at_its_place() -> None:
    acme = partner("acme", team("a", "ana@\u2603.example"), domains=["b\u00fccher.example"])

    message = "'\u2603.example' is not a valid domain: Codepoint U+2603 at position 1 of '\u2603' not allowed"

    assert judged("schema", acme) == [
        ("partners/acme.yaml:15:7", message, "use the form in which the domain is registered")
    ]


@pytest.mark.parametrize("group", ["Tallinn Tools O\u00dc Admins", f"{CYRILLIC_A}cme", "\u2603"])
def test_a_group_of_a_directory_is_not_an_address(group: str) -> None:
    listed = {"from": "directory", "group": group}
    acme = partner("acme", {"name": "a", "admins": listed, "members": listed})

    assert (judged("schema", acme), judged("lookalike-email", acme)) == ([], [])


def test_a_group_of_a_directory_has_no_invisible_characters() -> None:
    acme = partner("acme", team("a", members={"from": "directory", "group": f"Ac{ZERO_WIDTH}me"}))

    assert [hint for _, _, hint in judged("hidden-characters", acme)] == ["remove it"]


# "paypal" and "ivo" in Cyrillic letters alone: no script is mixed in them.
PAYPAL, IVO = "\u0440\u0430\u0443\u0440\u0430\u04cf", "\u0456v\u043e"


@pytest.mark.parametrize(
    ("told", "twin"),
    [
        (f"ana@{PAYPAL}.example", "paypal.example"),
        ("ana@xn--80aa0cbo65f.example", "paypal.example"),
        ("\u0440\u043e\u0440@paypal.example", "pop@paypal.example"),
    ],
)
def test_an_address_in_another_script_is_not_the_address_it_looks_like(told: str, twin: str) -> None:
    known = partner("paypal", team("a", "pop@paypal.example"), domains=["paypal.example"])
    plain = told.encode("unicode_escape").decode()

    assert judged("lookalike-email", known, partner("acme", team("a", told))) == [
        (
            "partners/acme.yaml:13:7",
            f"{plain} looks like {twin}, but is a different address with Cyrillic letters",
            "type the address again, or remove the false one",
        )
    ]


def test_a_domain_in_another_script_is_not_the_domain_it_looks_like() -> None:
    strange = f"{PAYPAL}.example"

    assert [
        place
        for place, _, _ in judged(
            "lookalike-email",
            partner("paypal", team("a", "pop@paypal.example"), domains=["paypal.example"]),
            partner("acme", team("a", "bo@acme.example"), domains=[strange]),
            group(grants=[{"developer": f"bo@{strange}"}]),
        )
    ] == ["access-groups/tracking.yaml:11:16", "partners/acme.yaml:11:5"]


def test_an_address_in_one_script_that_looks_like_no_other_is_fine() -> None:
    known = partner("paypal", team("a", "pop@paypal.example"), domains=["paypal.example"])

    assert (
        judged("lookalike-email", known, partner("acme", team("a", "\u0430\u043d\u043d\u0430@x.example")))
        == []
    )


def test_each_letter_looks_like_one_that_looks_like_itself() -> None:
    alike = json.loads((Path(confusables.__file__).parent / "confusables.json").read_text())["alike"]

    letters = "".join(alike)
    assert (len(set(letters)), letters.lower()) == (len(letters), letters)
    assert {confusables.skeleton(each) for each in letters} == {
        confusables.skeleton(each[0]) for each in alike
    }
    assert confusables.skeleton(f"{PAYPAL}.\u0441\u043e\u0433") == confusables.skeleton("paypal.cor")
