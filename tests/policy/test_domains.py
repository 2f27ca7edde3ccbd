import pytest

from tests.builders import partner
from tests.policy.judging import judged

OWN = "use the partner's own domain, or remove this one and list the people instead"


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "mail.ru", "qq.com"])
def test_a_mail_providers_domain_proves_nothing(domain: str) -> None:
    assert judged("public-domain", partner("acme", domains=["acme.example", domain])) == [
        (
            "partners/acme.yaml:12:5",
            f"{domain.lower()} is a public mail provider, where anybody can get an address",
            OWN,
        )
    ]


@pytest.mark.parametrize(
    ("domain", "normalized_email"),
    [
        ("co.uk", "co.uk"),
        ("github.io", "github.io"),
        ("anything.kawasaki.jp", "anything.kawasaki.jp"),
        ("公司.cn", "xn--55qx5d.cn"),
    ],
)
def test_a_public_suffix_proves_nothing(domain: str, normalized_email: str) -> None:
    assert [message for _, message, _ in judged("public-domain", partner("acme", domains=[domain]))] == [
        f"{normalized_email} is a public suffix, under which anybody can register a name"
    ]


@pytest.mark.parametrize(
    "domain",
    [
        "acme.example",
        "acme.co.uk",
        "acme.github.io",
        "city.kawasaki.jp",
        "www.ck",
        "bücher.example",
        "x.gmail.com",
    ],
)
def test_a_domain_of_ones_own_is_fine(domain: str) -> None:
    assert judged("public-domain", partner("acme", domains=[domain])) == []


def test_a_domain_of_two_partners_is_named_at_the_second() -> None:
    acme = partner("acme", domains=["acme.example", "shared.example"])
    bolt = partner("bolt", domains=["SHARED.example", "bolt.example"])

    assert judged("shared-domain", acme, bolt) == [
        (
            "partners/bolt.yaml:11:5",
            'partner "acme" also has the domain shared.example, at partners/acme.yaml:12:5',
            "keep it in one of them, or add an exception with a reason",
        )
    ]


def test_internal_partners_share_the_companys_domain_only_with_each_other() -> None:
    files = [
        partner(name, domains=["our-company.example"], type=kind)
        for name, kind in (("desk", "internal"), ("app", "internal"), ("acme", "reseller"))
    ]

    assert [place for place, _, _ in judged("shared-domain", *files)] == ["partners/acme.yaml:11:5"]


def test_what_has_ended_shares_no_domain() -> None:
    ended = partner("acme", domains=["shared.example"], status="ended")

    assert judged("shared-domain", ended, partner("bolt", domains=["shared.example"])) == []
