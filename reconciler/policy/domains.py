"""The rules about domains that prove nothing about the people in them."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import idna

from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import PartnerView
from reconciler.policy.tolerant import place, spelled_domain

_OWN: Final = "name the partner's own domain, or leave it out and list the people"


def public_domain(index: Index) -> Iterator[Violation]:
    """A partner's domain is its own: not a mail provider's, nor one under which anybody registers names.

    The latter are in the Public Suffix List, such as `co.uk` and `github.io`.
    """
    for holder, path, domain in _domains(index):
        if domain in _mail_providers():
            message = f"anybody can get an address of the public mail provider {domain}"
            yield Violation(holder.document, path, message, _OWN, id=f"partner/{holder.name}")
        elif _is_public_suffix(domain):
            message = f"anybody can register a name under the public suffix {domain}"
            yield Violation(holder.document, path, message, _OWN, id=f"partner/{holder.name}")


def shared_domain(index: Index) -> Iterator[Violation]:
    """A domain belongs to one partner: the people of two cannot be told apart by it.

    Internal partners may share the company's own.
    """
    first: dict[str, tuple[PartnerView, Path]] = {}
    for holder, path, domain in _domains(index):
        other, there = first.setdefault(domain, (holder, path))
        if other is not holder and not other.type == holder.type == "internal":
            message = f'partner "{other.name}" has the domain {domain} too, at {place(other.document, there)}'
            hint = "leave it to one of them, or except it with a reason"
            yield Violation(holder.document, path, message, hint, id=f"partner/{holder.name}")


def _domains(index: Index) -> Iterator[tuple[PartnerView, Path, str]]:
    """Yield the domains of all partners in their one spelling, each with its place."""
    for holder in index.present:
        for number, domain in enumerate(holder.body.spec.domains):
            yield holder, ("spec", "domains", number), spelled_domain(domain)


@cache
def _mail_providers() -> frozenset[str]:
    text = (files("reconciler.policy") / "mail_providers.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _is_public_suffix(domain: str) -> bool:
    """Whether a rule of the list is for the whole domain; an exception to a wildcard is for none."""
    rules, name = _rules(), _in_letters(domain)
    return f"!{name}" not in rules and (name in rules or f"*.{name.partition('.')[2]}" in rules)


@cache
def _rules() -> frozenset[str]:
    """Return the rules of the list that the package ships; its own parser takes far longer to read them."""
    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    return frozenset(text.splitlines())


def _in_letters(domain: str) -> str:
    """Return a domain in A-labels as the list writes it."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except idna.IDNAError:
        return domain
