"""Check that the access in partner files matches the offers of access group owners."""

from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias

from reconciler.model.document import Level, Offer
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import GrantRef, PartnerView


def grant_not_offered(index: Index) -> Iterator[Violation]:
    """Report access in a partner's file that no single offer of the access group covers.

    One offer must allow both the level and the end. Offers do not restrict one another. Access without an end
    does not match an offer with `maxDays`. Access that has ended needs no offer.
    """
    offers = _Offers(index)
    for holder in index.current_partners:
        if not offers.allow(holder):
            for given in holder.own_access:
                ended = given.until is not None and given.until < index.today
                latest = offers.latest(given.group, given.level, holder)
                if given.group in index.groups and not ended and latest < (given.until or _NO_END):
                    yield _not_offered(index, given, holder, offers)


_NO_END: Final = "9999-99-99"
# The latest end that an offer allows, by group and level.
_Latest: TypeAlias = dict[tuple[str, Level], str]


class _Offers:
    """The offers of all groups, as the latest end that is allowed for each type and each partner."""

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
        """Return whether the offers for its type cover all access of a partner, which is usually so."""
        latest = self._types.get(holder.type, {})
        for group, level, until in holder.requests:
            if latest.get((group, level), "") < (until or _NO_END):
                return False
        return True

    def latest(self, group: str, level: Level, holder: PartnerView) -> str:
        """Return the latest end that an offer to the partner or its type allows, or an empty text."""
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
        f"{instead}ask its owner {name} to add this under offers in {document.file}: {line}",
        id=_subject(given),
    )


def _reason(index: Index, given: GrantRef, holder: PartnerView, offers: _Offers) -> tuple[str, str]:
    """Return why no offer matches, and a change in the partner's file that would match."""
    who = f'partner "{holder.name}" ({holder.type})'
    last = offers.latest(given.group, given.level, holder)
    if not offers.latest(given.group, "view", holder):
        return f"is not offered to {who}", ""
    if not last:
        return f"is offered to {who} with level view, not {given.level}", "use level: view, or "
    days = (date.fromisoformat(last) - date.fromisoformat(index.today)).days
    end = f"this access ends on {given.until}" if given.until else "this access has no end"
    return (
        f"is offered to {who} for at most {days} days from today, but {end}",
        f"set until to {last} or earlier, or ",
    )


def _subject(given: GrantRef) -> str:
    """Return the id of the grant, or of the partner if the access is for all its teams."""
    team = f"grant/{given.group}/team/{given.partner}/{given.team}"
    return team if given.team else f"partner/{given.partner}"


def unused_offer(index: Index) -> Iterator[Violation]:
    """Report offers that no matching partner uses."""
    if not index.is_whole("Partner"):
        return
    types: dict[str, set[str]] = {}
    partners: dict[str, set[str]] = {}
    for holder in index.current_partners:
        partners[holder.name] = holder.groups
        types.setdefault(holder.type, set()).update(holder.groups)
    for name, (document, group) in index.groups.items():
        for number, offer in enumerate(group.spec.offers):
            if offer.partner and offer.partner not in index.holders:
                continue
            takers = types.get(offer.type, ()) if offer.type else partners.get(offer.partner or "", ())
            if name not in takers:
                to = f"type {offer.type}" if offer.type else f'partner "{offer.partner}"'
                message = f'no partner uses the offer of access group "{name}" to {to}'
                path = ("spec", "offers", number)
                yield Violation(document, path, message, "remove the offer if it is not needed")


def unused_group(index: Index) -> Iterator[Violation]:
    """Report access groups that no partner uses and that are granted to nobody."""
    if not index.is_whole("Partner"):
        return
    taken = set().union(*[holder.groups for holder in index.current_partners])
    for name, (document, group) in index.groups.items():
        if name not in taken and not group.spec.grants:
            message = f'nobody uses access group "{name}"'
            yield Violation(document, ("metadata", "name"), message, "delete it if it is not needed")
