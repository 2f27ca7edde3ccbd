"""Check for domains that do not identify a partner: public mail providers and shared domains."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import idna

from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import PartnerView
from reconciler.policy.tolerant import place

_OWN: Final = "use the partner's own domain, or remove this one and list the people instead"


def public_domain(index: Index) -> Iterator[Violation]:
    """Report domains of public mail providers, and domains under which anybody can register names.

    The latter are those in the Public Suffix List, such as `co.uk` and `github.io`.
    """
    for holder, path, domain in _domains(index):
        if domain in _mail_providers():
            message = f"{domain} is a public mail provider, where anybody can get an address"
            yield Violation(holder.document, path, message, _OWN, id=f"partner/{holder.name}")
        elif _is_public_suffix(domain):
            message = f"{domain} is a public suffix, under which anybody can register a name"
            yield Violation(holder.document, path, message, _OWN, id=f"partner/{holder.name}")


def shared_domain(index: Index) -> Iterator[Violation]:
    """Report domains of two partners, because a domain cannot distinguish their people.

    Internal partners may share a domain.
    """
    first: dict[str, tuple[PartnerView, Path]] = {}
    for holder, path, domain in _domains(index):
        other, there = first.setdefault(domain, (holder, path))
        if other is not holder and not other.type == holder.type == "internal":
            message = (
                f'partner "{other.name}" also has the domain {domain}, at {place(other.document, there)}'
            )
            hint = "keep it in one of them, or add an exception with a reason"
            yield Violation(holder.document, path, message, hint, id=f"partner/{holder.name}")


def _domains(index: Index) -> Iterator[tuple[PartnerView, Path, str]]:
    """Yield the normalized domains of all partners, each with its path."""
    for holder in index.current_partners:
        for number, domain in enumerate(holder.domains):
            yield holder, ("spec", "domains", number), domain


@cache
def _mail_providers() -> frozenset[str]:
    text = (files("reconciler.policy") / "mail_providers.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _is_public_suffix(domain: str) -> bool:
    """Return whether a rule of the list matches the whole domain; exceptions to wildcards do not count."""
    rules, name = _rules(), _in_letters(domain)
    return f"!{name}" not in rules and (name in rules or f"*.{name.partition('.')[2]}" in rules)


@cache
def _rules() -> frozenset[str]:
    """Return the rules of the list in the package; the package's own parser is much slower."""
    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    return frozenset(text.splitlines())


def _in_letters(domain: str) -> str:
    """Convert a domain with A-labels to Unicode, as in the list."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except idna.IDNAError:
        return domain
