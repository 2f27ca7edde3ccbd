"""The rules about consent: what owners of access groups offer, and what partners take up."""

from collections.abc import Iterator
from datetime import date

from reconciler.model.access import LEVELS
from reconciler.model.document import AccessGroup, Document, Offer, Partner
from reconciler.policy.index import Given, Index
from reconciler.policy.world import Violation


def grant_not_offered(index: Index) -> Iterator[Violation]:
    """What a partner takes up in its file fits one offer of the access group: its level, and its end.

    Offers do not restrict one another. Without an end it fits none that has `maxDays`; what has
    ended needs none.
    """
    limits = _Limits(index.today)
    for given in index.taken:
        if given.group in index.groups and not (given.until and given.until < index.today):
            partner, (document, group) = index.partners[given.partner][1], index.groups[given.group]
            if not any(limits.fits(offer, given, partner) for offer in group.spec.offers):
                yield _not_offered(index, given, partner, document, group)


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

    def fits(self, offer: Offer, given: Given, partner: Partner) -> bool:
        """Whether one offer allows an access whole."""
        return (
            (offer.type == partner.spec.type or offer.partner == given.partner)
            and LEVELS[given.level] <= LEVELS[offer.level]
            and (
                offer.max_days is None
                or (given.until is not None and given.until <= self.last(offer.max_days))
            )
        )


def _not_offered(
    index: Index, given: Given, partner: Partner, document: Document, group: AccessGroup
) -> Violation:
    offers = [
        offer
        for offer in group.spec.offers
        if offer.type == partner.spec.type or offer.partner == given.partner
    ]
    high = [offer for offer in offers if LEVELS[given.level] <= LEVELS[offer.level]]
    who = f'partner "{given.partner}" ({partner.spec.type})'
    if not offers:
        why, instead = f"is not offered to {who}", ""
    elif not high:
        why, instead = (
            f"is offered to {who} up to view, not {given.level}",
            "take it up with level: view, or ",
        )
    else:
        days = max(offer.max_days or 0 for offer in high)
        end = f"this ends on {given.until}" if given.until else "this has no end"
        why = f"is offered to {who} for at most {days} days from today, and {end}"
        instead = f"give it an until of {_Limits(index.today).last(days)} at the latest, or "
    owner = index.settings.owners.get(group.spec.owner)
    name = f"{group.spec.owner} ({owner.email})" if owner else group.spec.owner
    line = f"offers: - {{partner: {given.partner}, level: {given.level}}}"
    return Violation(
        given.document,
        given.path,
        f'access group "{given.group}" {why}',
        f"{instead}ask its owner {name} to add to {document.file}: {line}",
        id=_subject(given),
    )


def _subject(given: Given) -> str:
    """Return the id of the grant, or of the partner where it is for each of its teams."""
    team = f"grant/{given.group}/team/{given.partner}/{given.team}"
    return team if given.team else f"partner/{given.partner}"


def unused_offer(index: Index) -> Iterator[Violation]:
    """An offer is taken up by a partner it is meant for."""
    takers: dict[str, set[str]] = {}
    for given in index.taken:
        types = index.partners[given.partner][1].spec.type
        takers.setdefault(given.group, set()).update((f"type {types}", f"partner {given.partner}"))
    for name, (document, group) in index.groups.items():
        for number, offer in enumerate(group.spec.offers):
            to = f"type {offer.type}" if offer.type else f"partner {offer.partner}"
            if to not in takers.get(name, ()):
                message = f'nobody takes up the offer of access group "{name}" to {to}'
                yield Violation(
                    document, ("spec", "offers", number), message, "withdraw it, if it is not needed"
                )


def unused_group(index: Index) -> Iterator[Violation]:
    """An access group is taken up by somebody, or granted to somebody."""
    taken = {given.group for given in index.taken}
    for name, (document, group) in index.groups.items():
        if name not in taken and not group.spec.grants:
            message = f'nobody has access group "{name}"'
            yield Violation(document, ("metadata", "name"), message, "delete it, if it is not needed")
