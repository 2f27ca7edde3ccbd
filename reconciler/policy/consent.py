"""The rules about consent: what owners of access groups offer, and what partners take up."""

from collections.abc import Iterator
from datetime import date

from reconciler.model.access import LEVELS
from reconciler.model.document import Offer
from reconciler.policy.index import Given, Holder, Index
from reconciler.policy.world import Violation


def grant_not_offered(index: Index) -> Iterator[Violation]:
    """What a partner takes up in its file fits one offer of the access group: its level, and its end.

    Offers do not restrict one another. Without an end it fits none that has `maxDays`; what has
    ended needs none.
    """
    limits = _Limits(index.today)
    fitting: set[tuple[str, str, str, str | None]] = set()
    for holder in index.present:
        sort = holder.body.spec.type
        for given in holder.taken:
            # Most access fits an offer to a type of partner, and many partners take up the same.
            alike = (given.group, sort, given.level, given.until)
            if alike not in fitting and given.group in index.groups and not _has_ended(given, index):
                offers = [each for each in _offers(index, given, holder) if limits.fits(each, given)]
                if not offers:
                    yield _not_offered(index, given, holder)
                elif any(offer.type for offer in offers):
                    fitting.add(alike)


def _has_ended(given: Given, index: Index) -> bool:
    return given.until is not None and given.until < index.today


def _offers(index: Index, given: Given, holder: Holder) -> list[Offer]:
    """Return the offers of a group that are meant for a partner."""
    return [
        offer
        for offer in index.groups[given.group][1].spec.offers
        if offer.type == holder.body.spec.type or offer.partner == holder.name
    ]


class _Limits:
    """Whether offers fit, with the last days that `maxDays` lead to from today."""

    def __init__(self, today: str) -> None:
        self._today = date.fromisoformat(today).toordinal()
        self._last: dict[int, str] = {}

    def last(self, days: int) -> str:
        """Return the day that lies so many days from today."""
        known = self._last.get(days)
        if known is None:
            ordinal = min(self._today + days, date.max.toordinal())
            known = self._last[days] = date.fromordinal(ordinal).isoformat()
        return known

    def fits(self, offer: Offer, given: Given) -> bool:
        """Whether an offer that is meant for the partner allows an access whole."""
        if LEVELS[given.level] > LEVELS[offer.level]:
            return False
        if offer.max_days is None:
            return True
        return given.until is not None and given.until <= self.last(offer.max_days)


def _not_offered(index: Index, given: Given, holder: Holder) -> Violation:
    why, instead = _reason(index, given, holder)
    document, group = index.groups[given.group]
    owner = index.settings.owners.get(group.spec.owner)
    name = f"{group.spec.owner} ({owner.email})" if owner else group.spec.owner
    line = f"offers: - {{partner: {holder.name}, level: {given.level}}}"
    return Violation(
        given.document,
        given.path,
        f'access group "{given.group}" {why}',
        f"{instead}ask its owner {name} to add to {document.file}: {line}",
        id=_subject(given),
    )


def _reason(index: Index, given: Given, holder: Holder) -> tuple[str, str]:
    """Return why no offer fits, and what the partner's file could ask for instead."""
    who = f'partner "{holder.name}" ({holder.body.spec.type})'
    offers = _offers(index, given, holder)
    high = [offer for offer in offers if LEVELS[given.level] <= LEVELS[offer.level]]
    if not offers:
        return f"is not offered to {who}", ""
    if not high:
        return f"is offered to {who} up to view, not {given.level}", "take it up with level: view, or "
    days = max(offer.max_days or 0 for offer in high)
    end = f"this ends on {given.until}" if given.until else "this has no end"
    last = _Limits(index.today).last(days)
    return (
        f"is offered to {who} for at most {days} days from today, and {end}",
        f"give it an until of {last} at the latest, or ",
    )


def _subject(given: Given) -> str:
    """Return the id of the grant, or of the partner where it is for each of its teams."""
    team = f"grant/{given.group}/team/{given.partner}/{given.team}"
    return team if given.team else f"partner/{given.partner}"


def unused_offer(index: Index) -> Iterator[Violation]:
    """An offer is taken up by a partner it is meant for."""
    types: dict[str, set[str]] = {}
    partners: dict[str, set[str]] = {}
    for holder in index.present:
        partners[holder.name] = holder.groups
        types.setdefault(holder.body.spec.type, set()).update(holder.groups)
    for name, (document, group) in index.groups.items():
        for number, offer in enumerate(group.spec.offers):
            takers = types.get(offer.type, ()) if offer.type else partners.get(offer.partner or "", ())
            if name not in takers:
                to = f"type {offer.type}" if offer.type else f'partner "{offer.partner}"'
                message = f'nobody takes up the offer of access group "{name}" to {to}'
                path = ("spec", "offers", number)
                yield Violation(document, path, message, "withdraw it, if it is not needed")


def unused_group(index: Index) -> Iterator[Violation]:
    """An access group is taken up by somebody, or granted to somebody."""
    taken = set().union(*[holder.groups for holder in index.present])
    for name, (document, group) in index.groups.items():
        if name not in taken and not group.spec.grants:
            message = f'nobody has access group "{name}"'
            yield Violation(document, ("metadata", "name"), message, "delete it, if it is not needed")
