"""The rules about consent: what owners of access groups offer, and what partners take up."""

from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias

from reconciler.model.document import Level, Offer
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import GrantRef, PartnerView


def grant_not_offered(index: Index) -> Iterator[Violation]:
    """What a partner takes up in its file fits one offer of the access group: its level, and its end.

    Offers do not restrict one another. Without an end it fits none that has `maxDays`; what has
    ended needs none.
    """
    offers = _Offers(index)
    for holder in index.present:
        if not offers.allow(holder):
            for given in holder.taken:
                ended = given.until is not None and given.until < index.today
                latest = offers.latest(given.group, given.level, holder)
                if given.group in index.groups and not ended and latest < (given.until or _NO_END):
                    yield _not_offered(index, given, holder, offers)


_NO_END: Final = "9999-99-99"
# By group and level: the latest end that an offer allows.
_Latest: TypeAlias = dict[tuple[str, Level], str]


class _Offers:
    """All offers of all groups, as the latest end that each type of partner and each partner may ask for."""

    def __init__(self, index: Index) -> None:
        self._today = index.today
        self._types: dict[str, _Latest] = {}
        self._partners: dict[str, _Latest] = {}
        for name, (_, group) in index.groups.items():
            for offer in group.spec.offers:
                self._add(name, offer)

    def _add(self, group: str, offer: Offer) -> None:
        end = _NO_END if offer.max_days is None else _in_days(self._today, offer.max_days)
        takers, taker = (self._types, offer.type) if offer.type else (self._partners, offer.partner)
        latest = takers.setdefault(taker or "", {})
        levels: tuple[Level, ...] = ("view", "consume") if offer.level == "consume" else ("view",)
        for level in levels:
            latest[group, level] = max(end, latest.get((group, level), ""))

    def allow(self, holder: PartnerView) -> bool:
        """Whether offers to its type allow everything a partner asks for, as they mostly do."""
        latest = self._types.get(holder.type, {})
        for group, level, until in holder.asks:
            if latest.get((group, level), "") < (until or _NO_END):
                return False
        return True

    def latest(self, group: str, level: Level, holder: PartnerView) -> str:
        """Return the latest end that an offer to its type or to itself allows; nothing where none is."""
        takers = self._types.get(holder.type, {}), self._partners.get(holder.name, {})
        return max(latest.get((group, level), "") for latest in takers)


def _in_days(today: str, days: int) -> str:
    ordinal = min(date.fromisoformat(today).toordinal() + days, date.max.toordinal())
    return date.fromordinal(ordinal).isoformat()


def _not_offered(index: Index, given: GrantRef, holder: PartnerView, offers: _Offers) -> Violation:
    why, instead = _reason(index, given, holder, offers)
    document, group = index.groups[given.group]
    owner = index.settings.owners.get(group.spec.owner)
    name = f"{group.spec.owner} ({owner.email})" if owner else group.spec.owner
    line = f"- {{partner: {holder.name}, level: {given.level}}}"
    return Violation(
        given.document,
        given.path,
        f'access group "{given.group}" {why}',
        f"{instead}ask its owner {name} to add under offers in {document.file}: {line}",
        id=_subject(given),
    )


def _reason(index: Index, given: GrantRef, holder: PartnerView, offers: _Offers) -> tuple[str, str]:
    """Return why no offer fits, and what the partner's file could ask for instead."""
    who = f'partner "{holder.name}" ({holder.type})'
    last = offers.latest(given.group, given.level, holder)
    if not offers.latest(given.group, "view", holder):
        return f"is not offered to {who}", ""
    if not last:
        return f"is offered to {who} up to view, not {given.level}", "take it up with level: view, or "
    days = (date.fromisoformat(last) - date.fromisoformat(index.today)).days
    end = f"this ends on {given.until}" if given.until else "this has no end"
    return (
        f"is offered to {who} for at most {days} days from today, and {end}",
        f"give it an until of {last} at the latest, or ",
    )


def _subject(given: GrantRef) -> str:
    """Return the id of the grant, or of the partner where it is for each of its teams."""
    team = f"grant/{given.group}/team/{given.partner}/{given.team}"
    return team if given.team else f"partner/{given.partner}"


def unused_offer(index: Index) -> Iterator[Violation]:
    """An offer is taken up by a partner it is meant for."""
    if not index.is_whole("Partner"):
        return
    types: dict[str, set[str]] = {}
    partners: dict[str, set[str]] = {}
    for holder in index.present:
        partners[holder.name] = holder.groups
        types.setdefault(holder.type, set()).update(holder.groups)
    for name, (document, group) in index.groups.items():
        for number, offer in enumerate(group.spec.offers):
            if offer.partner and offer.partner not in index.holders:
                continue
            takers = types.get(offer.type, ()) if offer.type else partners.get(offer.partner or "", ())
            if name not in takers:
                to = f"type {offer.type}" if offer.type else f'partner "{offer.partner}"'
                message = f'nobody takes up the offer of access group "{name}" to {to}'
                path = ("spec", "offers", number)
                yield Violation(document, path, message, "withdraw it, if it is not needed")


def unused_group(index: Index) -> Iterator[Violation]:
    """An access group is taken up by somebody, or granted to somebody."""
    if not index.is_whole("Partner"):
        return
    taken = set().union(*[holder.groups for holder in index.present])
    for name, (document, group) in index.groups.items():
        if name not in taken and not group.spec.grants:
            message = f'nobody has access group "{name}"'
            yield Violation(document, ("metadata", "name"), message, "delete it, if it is not needed")
